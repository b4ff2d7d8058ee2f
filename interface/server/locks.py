"""Locks between processes of this app; the system gives them back when a process ends, even one that is killed."""

try:
    import fcntl
except ImportError:  # on Windows, where nothing is locked
    fcntl = None  # type: ignore[assignment]


def lock(descriptor: int, *, wait: bool) -> None:
    """Lock a file or folder until it is closed, which also keeps systemd-tmpfiles from ageing it.

    Raises:
        OSError: Without `wait`, somebody else holds the lock, or there are no locks here.
    """
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        if not wait:
            raise
