"""Score the search on judged queries: nDCG@10 for each and the mean. Nothing in the shop is touched.

DIR holds `icecat_products.jsonl.gz`, a product a line, and `qrels_dev.tsv`: query, docid and rating 0–3.

nDCG as Järvelin and Kekäläinen define it (Cumulated gain-based evaluation of IR techniques, 2002), with the
rating as gain and 1/log2(place + 1) as discount. Products nobody judged count as 0. Queries for which no
judged product is any good have no nDCG and are left out of the mean.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import log2
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from shop.catalogue.search import finding, indexing, words
from shop.catalogue.search.query import Query, Row
from shop.catalogue.search.tables import engine, recreate

TABLE = "catalogue_search_trial"
LANGUAGE = "en"
DEPTH = 10


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path)

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:
        try:
            judged = judgements(dir / "qrels_dev.tsv")
            rows = list(products(dir / "icecat_products.jsonl.gz"))
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} is not there") from error
        with transaction.atomic():
            recreate(TABLE)
            engine().write(TABLE, rows)
            scores = {query: ndcg(answer(query), ratings) for query, ratings in judged.items()}
            transaction.set_rollback(True)
        for query, score in sorted(scores.items(), key=lambda pair: pair[1]):
            self.stdout.write(f"{score:.3f}  {query}")
        self.stdout.write(f"{sum(scores.values()) / len(scores):.4f}  mean of {len(scores)}")


def answer(text: str) -> list[int]:
    query = Query(tuple(words.terms(text, LANGUAGE)))
    found = finding.ranked([query], query, TABLE, LANGUAGE)
    return found.best + found.near


def ndcg(found: Sequence[int], ratings: dict[int, int]) -> float:
    best = sorted(ratings.values(), reverse=True)
    return _gain([ratings.get(pk, 0) for pk in found]) / _gain(best)


def _gain(ratings: Sequence[int]) -> float:
    return sum(rating / log2(place + 1) for place, rating in enumerate(ratings[:DEPTH], start=1))


def judgements(path: Path) -> dict[str, dict[int, int]]:
    ratings: dict[str, dict[int, int]] = defaultdict(dict)
    with path.open(newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            ratings[row["query"]][int(row["docid"])] = int(row["rating"])
    return {query: by_product for query, by_product in ratings.items() if any(by_product.values())}


def products(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt") as file:
        for line in file:
            one = json.loads(line)
            facts = [one["supplier"], one["type"], one["colour"], *map(str, one["attrs"].values())]
            yield indexing.row_of(
                int(one["id"]),
                LANGUAGE,
                name=one["title"],
                codes=" ".join([one["name"], *one["ean"]]),
                facts=" ".join(filter(None, facts)),
                body=one["short_description"] or "",
            )
