"""A key is taken once."""

import threading

from bot.db.idempotency import KEPT_SECONDS, Deduplicator


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_taken_key_of_several_refuses_all_and_takes_none() -> None:
    claims = Deduplicator()
    assert claims.acquire("a")
    assert not claims.acquire("a", "b")
    assert claims.acquire("b")


def test_a_released_key_may_be_taken_again() -> None:
    claims = Deduplicator()
    assert claims.acquire("a")
    claims.release("a", "never taken")
    assert claims.acquire("a")


def test_keys_are_kept_for_over_an_hour_and_then_forgotten() -> None:
    clock = Clock()
    claims = Deduplicator(clock=clock)
    assert claims.acquire("a")
    clock.now = 3600
    assert not claims.acquire("a")
    clock.now = KEPT_SECONDS
    assert claims.acquire("a")


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    claims = Deduplicator(limit=3)
    for key in "abcd":
        assert claims.acquire(key)
    assert not claims.acquire("d")
    assert claims.acquire("a")


def test_of_many_threads_one_gets_the_key() -> None:
    claims, got = Deduplicator(), []
    start = threading.Barrier(16)

    def take() -> None:
        start.wait()
        got.append(claims.acquire("a"))

    threads = [threading.Thread(target=take) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 15 + [True]
