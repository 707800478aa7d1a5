"""Run a stage's jobs in this process or in a pool of processes. Results come back in the order of the jobs."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

J = TypeVar("J")
R = TypeVar("R")


def run(job: Callable[[J], R], jobs: Sequence[J], *, workers: int) -> Iterator[R]:
    """Yield the result of each job.

    Args:
        job: a pure function that can be pickled.
        jobs: what to give it, one call each.
        workers: number of processes; one means this process.
    """
    if workers <= 1 or len(jobs) <= 1:
        yield from map(job, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context) as pool:
        yield from pool.map(job, jobs)
