"""What people upload that is not what it seems, made from nothing."""

import struct
from pathlib import Path

import numpy as np

from tests.support.sounds import tone, write

LIE = 2**62  # frames
RATE = 32_000

# What is said about a file, or how many seconds of it can be heard.
NOTHING = "No sound could be read from"
EXPECTED: dict[str, str | float] = {
    "empty.wav": "is empty",
    "one sample.wav": "holds 0.00 seconds of sound",
    "no samples.wav": NOTHING,
    "text.mp3": NOTHING,
    "noise.mp3": NOTHING,
    "picture.png": NOTHING,
    "picture.wav": NOTHING,
    "beginning.flac": NOTHING,
    "beginning.ogg": NOTHING,
    "index lost.m4a": NOTHING,
    "playlist.mp3": NOTHING,
    "list.txt": NOTHING,
    "no rate.wav": NOTHING,
    "slow.wav": "has a sample rate of 1 Hz",
    "fast.wav": "has a sample rate of 1000000000 Hz",
    "a folder.wav": "is a folder",
    "missing.wav": "does not exist",
    "tone.wav/inside.wav": "does not exist",
    "new\nline.wav": "new?line.wav is empty",
    "truncated.flac": 1.0,
    "truncated.ogg": 1.0,
    "truncated.mp3": 1.0,
    "truncated.webm": 1.0,
    "damaged.flac": 2.0,
    "damaged.aac": 2.0,
    "lying.wav": 1.0,
    "lying.w64": 1.0,
    "lying.rf64": 1.0,
    "lying.caf": 1.0,
    "lying.flac": 2.0,
    "unfinished.wav": 1.0,
    "not a number.wav": 1.0,
    "eight channels.wav": 1.0,
    "4 kHz.wav": 1.0,
    "192 kHz.wav": 1.0,
    "silence.wav": 1.0,
    'it\'s a "name" with <b>.wav': 1.0,
    "tone.raw": 1.0,
}


def write_bad_files(folder: Path, recordings: dict[str, Path]) -> None:
    """Writes every file that `EXPECTED` names.

    Args:
        folder: Where to.
        recordings: The fixture of this name: two seconds of a tone in each format.
    """
    sound = {suffix: path.read_bytes() for suffix, path in recordings.items()}
    samples = tone(1.0, RATE)
    pcm = (samples * 32_767).astype("<i2").tobytes()
    broken = samples.copy()
    broken[::1000], broken[1::1000] = np.nan, np.inf

    # A pure tone is little more than Vorbis's codebooks.
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 2 * RATE).astype(np.float32)
    busy = write(folder / "noise.ogg", noise, RATE).read_bytes()

    contents = {
        "empty.wav": b"",
        "new\nline.wav": b"",
        "one sample.wav": wav(pcm[:2]),
        "no samples.wav": wav(b""),
        "text.mp3": b"Not music, but words.\n" * 500,
        "noise.mp3": np.random.default_rng(0).bytes(50_000),
        "picture.png": PICTURE,
        "picture.wav": PICTURE,
        "beginning.flac": sound["flac"][:60],
        "beginning.ogg": sound["ogg"][:2000],
        "index lost.m4a": sound["m4a"][: len(sound["m4a"]) // 2],
        "playlist.mp3": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{recordings['mp3']}\n#EXT-X-ENDLIST\n".encode(),
        "list.txt": b"ffconcat version 1.0\nfile tone.wav\n",
        "tone.wav": sound["wav"],
        "no rate.wav": wav(pcm, rate=0),
        "slow.wav": wav(pcm, rate=1),
        "fast.wav": wav(pcm, rate=10**9),
        **{f"truncated.{suffix}": sound[suffix][: len(sound[suffix]) // 2] for suffix in ("flac", "mp3", "webm")},
        "truncated.ogg": busy[: len(busy) * 2 // 3],
        "damaged.flac": damaged(sound["flac"]),
        "damaged.aac": damaged(sound["aac"]),
        "lying.wav": wav(pcm, claimed=2**32 - 1),
        "unfinished.wav": wav(pcm, claimed=0),  # a recorder that was switched off
        "lying.w64": w64(pcm),
        "lying.rf64": rf64(pcm),
        "lying.caf": caf(pcm),
        "lying.flac": flac_with_most_frames(sound["flac"]),
        "eight channels.wav": wav(np.repeat(samples[:, None] * 32_767, 8, axis=1).astype("<i2").tobytes(), channels=8),
        "silence.wav": wav(bytes(2 * RATE)),
        'it\'s a "name" with <b>.wav': wav(pcm),
        "tone.raw": wav(pcm),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    write(folder / "not a number.float.wav", broken, RATE).rename(folder / "not a number.wav")
    for kilohertz in (4, 192):
        write(folder / f"{kilohertz} kHz.wav", tone(1.0, kilohertz * 1000), kilohertz * 1000)
    (folder / "a folder.wav").mkdir()


PICTURE = bytes.fromhex(  # a PNG of one pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060f8cf00000301010018dd8db00000000049454e44ae426082"
)


def damaged(content: bytes) -> bytes:
    """Noise where the third quarter begins."""
    start = len(content) // 2
    return content[:start] + np.random.default_rng(0).bytes(200) + content[start + 200 :]


def wav(pcm: bytes, rate: int = RATE, channels: int = 1, claimed: int | None = None) -> bytes:
    """16-bit samples in a wav file whose header claims any number of bytes."""
    size = len(pcm) if claimed is None else claimed
    return b"RIFF" + struct.pack("<I", min(size + 36, 2**32 - 1)) + b"WAVE" + fmt(rate, channels) + chunk(size) + pcm


def fmt(rate: int = RATE, channels: int = 1) -> bytes:
    return b"fmt " + struct.pack("<I", 16) + pcm_format(rate, channels)


def pcm_format(rate: int = RATE, channels: int = 1) -> bytes:
    bytes_per_second = min(rate * channels * 2, 2**32 - 1)
    return struct.pack("<HHIIHH", 1, channels, rate, bytes_per_second, channels * 2, 16)


def chunk(size: int) -> bytes:
    return b"data" + struct.pack("<I", size)


def w64(pcm: bytes) -> bytes:
    """A Sony Wave64 file that claims 2^62 frames."""
    tail = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    riff = bytes.fromhex("726966662e91cf11a5d628db04c10000")
    header = riff + struct.pack("<Q", 2 * LIE - 1) + b"wave" + tail
    header += b"fmt " + tail + struct.pack("<Q", 40) + pcm_format()
    return header + b"data" + tail + struct.pack("<Q", 2 * LIE) + pcm


def rf64(pcm: bytes) -> bytes:
    """An RF64 file that claims 2^62 frames."""
    sizes = struct.pack("<IQQQI", 28, 2 * LIE, 2 * LIE, LIE, 0)
    return b"RF64" + struct.pack("<I", 2**32 - 1) + b"WAVEds64" + sizes + fmt() + chunk(2**32 - 1) + pcm


def caf(pcm: bytes) -> bytes:
    """A Core Audio file that claims 2^61 frames, the most its signed size can."""
    description = struct.pack(">d4sIIIII", RATE, b"lpcm", 2, 2, 1, 1, 16)
    header = b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">q", len(description)) + description
    return header + b"data" + struct.pack(">qI", LIE, 0) + pcm


def flac_with_most_frames(flac: bytes) -> bytes:
    """A flac file that claims 2^36 - 1 frames, the most its header can."""
    changed = bytearray(flac)
    changed[21] |= 0x0F
    changed[22:26] = b"\xff" * 4
    return bytes(changed)
