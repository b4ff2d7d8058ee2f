"""Large files over HTTP: resumed where they stopped, checked against their MD5 sum, unpacked without trust."""

import hashlib
import shutil
import time
import zipfile
from pathlib import Path, PurePosixPath

from instrument_model.atomic import put_in_place

from ...errors import TrainingError

ATTEMPTS = 6
TIMEOUT = 60.0  # seconds without a byte
BLOCK = 2**20


def md5sum(path: Path) -> str:
    """Return the MD5 sum of a file, as 32 hexadecimal digits."""
    digest = hashlib.md5(usedforsecurity=False)  # the sum that the archive's publisher gives
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def fetch(url: str, path: Path, md5: str, *, pause: float = 2.0) -> Path:
    """Download a file unless it is there already.

    What has arrived waits in `<name>.part`; a cut connection is taken up again by asking for the rest (HTTP Range, RFC
    9110 section 14).

    Args:
        url: Where it is.
        path: Where it goes.
        md5: What its MD5 sum must be.
        pause: Seconds before the second attempt; doubled before each further one.

    Returns:
        The path.

    Raises:
        TrainingError: The server does not answer or refuses, the disk is full, or the checksum differs (what arrived is
            deleted then).
    """
    if path.exists():
        if md5sum(path) == md5:
            return path
        raise TrainingError(f"{path} has a wrong checksum; delete it and start again.")
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _receive(url, part, pause)
        found = md5sum(part)
        if found != md5:
            part.unlink()
            raise TrainingError(
                f"{url} arrived with the checksum {found} instead of {md5} and was deleted; start again."
            )
        put_in_place(part, path)
    except OSError as error:
        raise TrainingError(f"{path} cannot be written ({error.strerror}); make room there and start again.") from error
    return path


def _receive(url: str, part: Path, pause: float) -> None:
    """Fill the file, over as many connections as it takes while each of them brings something."""
    import httpx
    from tqdm import tqdm

    failures = 0
    with httpx.Client(follow_redirects=True, timeout=TIMEOUT) as client:
        while True:
            have = part.stat().st_size if part.exists() else 0
            try:
                # Identity, since a range counts the bytes as they are sent.
                headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
                with client.stream("GET", url, headers=headers) as response:
                    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
                        return  # nothing is left to send; the checksum tells whether it is the right file
                    response.raise_for_status()
                    resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
                    rest = int(response.headers.get("Content-Length", 0))
                    _check_room(part, rest)
                    start = have if resumed else 0
                    with (
                        part.open("ab" if resumed else "wb") as file,
                        tqdm(
                            total=start + rest, initial=start, unit="B", unit_scale=True, desc=part.stem, disable=None
                        ) as bar,
                    ):
                        for (
                            block
                        ) in response.iter_bytes():  # as it arrives: what waits in a buffer is lost with a connection
                            file.write(block)
                            bar.update(len(block))
                    return
            except httpx.HTTPStatusError as error:
                status = error.response.status_code
                if status < httpx.codes.INTERNAL_SERVER_ERROR and status != httpx.codes.TOO_MANY_REQUESTS:
                    raise TrainingError(f"{url} answered {status}; check the address.") from error
                reason = f"status {status}"
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            grown = part.exists() and part.stat().st_size > have
            failures = 0 if grown else failures + 1
            if failures == ATTEMPTS:
                raise TrainingError(
                    f"{url} cannot be downloaded ({reason}); check the connection and start again, it will resume."
                )
            time.sleep(pause * 2**failures)


def _check_room(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if needed > free:
        raise TrainingError(
            f"{path.parent} has {free / 1e9:.1f} GB free and needs {needed / 1e9:.1f} GB; make room and start again."
        )


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a zip archive into a folder of its own; the folder appears only when it is complete.

    Returns:
        The folder; if it is there already it is left as it is.

    Raises:
        TrainingError: The archive is corrupt, names a file outside the folder, or there is no room.
    """
    if folder.exists():
        return folder
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with zipfile.ZipFile(archive) as content:
            for member in content.infolist():
                name = PurePosixPath(member.filename.replace("\\", "/"))
                if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
                    raise TrainingError(
                        f"{archive} holds {member.filename!r}, which lies outside its folder; do not use this archive."
                    )
            part.mkdir(parents=True)
            _check_room(part, sum(member.file_size for member in content.infolist()))
            content.extractall(part)
        put_in_place(part, folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise TrainingError(f"The archive {archive} is corrupt ({error}); delete it and download it again.") from error
    except OSError as error:
        raise TrainingError(
            f"{archive} cannot be unpacked to {folder} ({error.strerror}); check the disk and start again."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder
