"""`python -m orders.sandbox --port 8001 --webhook http://localhost:8000/webhooks/stripe/`"""

import argparse
import logging
import signal
from pathlib import Path

from orders.sandbox.config import Config
from orders.sandbox.server import Sandbox, make_server

logger = logging.getLogger("orders.sandbox")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orders.sandbox", description="A payment provider to practise with."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument(
        "--url", help="the sandbox's address as browsers see it; default http://localhost:PORT"
    )
    parser.add_argument(
        "--webhook", default="http://localhost:8000/webhooks/stripe/", help="where events are sent"
    )
    parser.add_argument("--secret", default="whsec_sandbox", help="signs the events")
    parser.add_argument("--key", default="sk_test_sandbox", help="what the shop shows to be let in")
    parser.add_argument(
        "--data", type=Path, default=Path("var/sandbox.sqlite3"), help="everything is kept here"
    )
    parser.add_argument("--merchant", default="Kiln & Leaf", help="the name on the payment page")
    parser.add_argument("--late-seconds", type=float, default=10, help="until a late payment is settled")
    return parser.parse_args()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="sandbox: %(message)s")
    options = arguments()
    config = Config(
        url=(options.url or f"http://localhost:{options.port}").rstrip("/"),
        webhook=options.webhook,
        key=options.key,
        secret=options.secret,
        data=options.data,
        merchant=options.merchant,
        late_seconds=options.late_seconds,
    )
    sandbox = Sandbox(config)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with make_server(sandbox, options.host, options.port) as server:
        sandbox.clock.start()
        logger.info("payments are practised at %s", config.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            for again in (signal.SIGINT, signal.SIGTERM):  # a supervisor may send both
                signal.signal(again, signal.SIG_IGN)
            logger.info("stopped")
        finally:
            sandbox.clock.stop()


if __name__ == "__main__":
    main()
