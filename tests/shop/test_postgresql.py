import pytest
from django.db import connection, connections

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def other():
    """A second connection to the same database."""
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    other.connect()
    yield other
    other.close()


def process_of(other) -> int:
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def hang_up_on(other) -> None:
    """As the server does when it restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process_of(other)])


def test_a_connection_that_works_is_kept(other):
    before = process_of(other)

    other.close_if_unusable_or_obsolete()

    assert other.is_usable()
    assert process_of(other) == before


def test_where_the_server_hung_up_the_next_request_connects_anew(other):
    before = process_of(other)
    hang_up_on(other)
    other.health_check_enabled, other.health_check_done = True, False

    assert not other.is_usable()
    assert process_of(other) != before
