"""How runs come into the queue, and leave it before their turn.

The store may be held by another program for seconds, so nothing is read or written under the lock
that every page needs. A run is reserved under it, entered in the store outside of it, and settled
under it again; whoever asks for the same run meanwhile waits for that.
"""

from collections.abc import Callable, Sequence

from playground.service.dispatcher import Inbox
from playground.service.jobs import Job, Jobs, Ticket
from playground.service.limit_checker import LimitChecker
from playground.store import RunStore, StoreError


class Submitter:
    """Any thread may call. ``again`` trains a run anew for those who wanted it while it was
    stopping."""

    def __init__(
        self,
        jobs: Jobs,
        store: RunStore,
        limit_checker: LimitChecker,
        inbox: Inbox,
        again: Callable[[Job], object],
    ) -> None:
        self._jobs, self._store, self._limit_checker = jobs, store, limit_checker
        self._inbox, self._again = inbox, again

    def enter(
        self,
        asked: Sequence[Job],
        who: str,
        visitor: str = "",
        with_files: bool = False,
        may_stack: bool = False,
    ) -> list[Ticket]:
        """Answer from the store, join what is on, or let wait: all that is asked for or, if
        something is wrong, nothing of it. ``who`` asks on behalf of a ``visitor``, if it names
        one. ``with_files``, a stored run does not answer whose weights or predictions were
        removed. Unless it ``may_stack``, one does not answer that was trained in a stack, and
        one that is on trains alone from now on.

        Raises StoreError or LimitError.
        """
        while True:
            undo, reserved = _nothing, []
            with self._jobs.lock:
                other = self._jobs.unsettled(job.name for job in asked)
                if other is None:
                    if visitor:
                        undo = self._jobs.act_for(who, visitor)
                    reserved = self._jobs.reserve(asked)
            if other is None:
                tickets = self._enter(asked, reserved, who, undo, with_files, may_stack)
                if tickets is not None:
                    return tickets
            if other is not None:
                other.settled.wait()
                if other.problem:  # it would be met again, after as long a wait
                    raise StoreError(other.problem)

    def _enter(
        self,
        asked: Sequence[Job],
        reserved: list[Job],
        who: str,
        undo: Callable[[], object],
        with_files: bool,
        may_stack: bool,
    ) -> list[Ticket] | None:
        """Make the tickets; None if a run that was on has ended meanwhile."""
        joined: list[Job] = []
        leaving: list[Job] = []
        entered: set[str] = set()
        problem, done = "", False
        try:
            new = [job for job in reserved if not self._answers(job, with_files, may_stack)]
            with self._jobs.lock:
                here = [self._jobs.get(job.name) for job in asked]
                if None in here:
                    return None
                if new:
                    of_all, of_one = self._jobs.waiting, self._jobs.waiting_of(who)
                    self._limit_checker.check_waiting(of_all, of_one, len(new))
                others = [job for job in here if job and job not in reserved]
                joined = [job for job in others if job.join(who)]
                leaving = [job for job in others if not may_stack and job.train_alone()]
                self._jobs.wait(new)
            if new:
                visitor = self._jobs.visitor_of(who)
                self._limit_checker.check_room({job.name for job in asked}, visitor)
                queued = [(job.config, job.fingerprint) for job in new]
                entered = self._store.queue_all(queued, visitor)
            done = True
        except StoreError as error:
            problem = str(error)
            raise
        finally:
            with self._jobs.lock:
                for job in [] if done else joined:
                    job.withdraw(who)
                for job in [] if done else leaving:
                    job.leaves_stack = False
                stopped = self._jobs.settle(reserved, entered, problem)
                if not done:
                    undo()
        self.end(stopped)
        for job in leaving:
            self._inbox.put(("leave", job))
        self._inbox.put(("look", None))
        cached = {job.name for job in reserved if job not in new}
        return [
            Ticket(
                job.name,
                "cached" if job.name in cached
                else "submitted" if job.name in entered and job in reserved
                else "joined",  # if it is not here, another process trains it
            )
            for job in asked
        ]  # fmt: skip

    def _answers(self, job: Job, with_files: bool, may_stack: bool) -> bool:
        seconds = self._limit_checker.limits.seconds
        run = self._store.answer(job.config, job.fingerprint, seconds, may_stack)
        return run is not None and not (with_files and run.removed)

    def end(self, jobs: Sequence[Job]) -> None:
        """See to the end of jobs that are stopping: one that trains ends within a batch. Raises
        StoreError if those that wait cannot be ended: they wait on."""
        waiting = [job for job in jobs if self._jobs.is_waiting(job)]
        for job in jobs:
            if job not in waiting:
                self._inbox.put(("stop", job))
        if not waiting:
            return
        try:
            names = [job.name for job in waiting]
            self._store.end_all(names, "stopped", "Stopped before it began.")
        except StoreError:
            self._jobs.resume(waiting)
            self._inbox.put(("look", None))
            raise
        for job in waiting:
            self._jobs.end(job)
            job.first_epoch.set()
            self._again(job)


def _nothing() -> None:
    pass
