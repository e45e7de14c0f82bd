import gc


def settle() -> None:
    """What is loaded by now stays for good: the garbage collector need not look through it each time."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
