from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format

from privacy import erasure, proof
from privacy.erasure import Plan
from privacy.models import DataSubject


class Command(BaseCommand):
    help = "Shows what erasing a person would do; with --yes does it, and then looks for them everywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", help="the person's id, or their e-mail address")
        parser.add_argument("--yes", action="store_true", help="erase; there is no way back")

    def handle(self, *, subject: str, yes: bool, **options: Any) -> None:
        person = find(subject)
        self.show(erasure.plan(person))
        if not yes:
            self.stdout.write("Nothing was changed. Add --yes to erase.")
            return
        wanted = proof.needles(person)
        try:
            erased = erasure.erase(person)
        except erasure.Obstructed as obstructed:
            raise CommandError(str(obstructed)) from None
        if erased.waiting:
            self.stdout.write("Erased, but for what waits. Run it again when nothing waits any more.")
        else:
            self.prove(wanted)

    def show(self, plan: Plan) -> None:
        for step in plan.steps:
            stays = ", ".join(str(label) for label in step.stays)
            until = f" until {date_format(step.until)}" if step.until else ""
            deed = "goes" if step.goes else f"stays{until}: {step.why}"
            self.stdout.write(f"{step.count:>6}  {step.name}: {deed}{f' ({stays})' if stays else ''}")
        for obstacle in plan.obstacles:
            self.stdout.write(f"        first: {obstacle}")

    def prove(self, wanted: list[proof.Needle]) -> None:
        for kind in proof.inconclusive(wanted):
            self.stdout.write(f"inconclusive: {kind} is too short to be looked for")
        hits = proof.scan(wanted)
        for hit in hits:
            self.stdout.write(f"found: {hit.kind} in {hit.store}, {hit.place}")
        if hits:
            raise CommandError("The person is still to be found.")
        self.stdout.write(f"Erased. None of {len(wanted)} marks is found anywhere.")


def find(subject: str) -> DataSubject:
    people = (
        DataSubject.objects.known_by("email", subject)
        if "@" in subject
        else DataSubject.objects.filter(pk=subject)
    )
    found = list(people.distinct())
    if not found:
        raise CommandError("Nobody is known by that.")
    if len(found) > 1:
        ids = ", ".join(f"{person.pk} ({person.kind})" for person in found)
        raise CommandError(f"Several are known by that; say which by its id: {ids}")
    return found[0]
