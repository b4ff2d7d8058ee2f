"""The notes of the example clips, written for this project, and a small notation to write them in.

A part is one line of text. Its tokens are `pitch:beats`, with `+` between the notes of a chord and `r` for a rest,
followed by marks:

    .   staccato          ~   slurred into the next note        >   accent
    v   vibrato           ^   the string is bent up a whole tone

`[p]` to `[ff]` set the loudness; between two of them it grows or fades evenly. `{` and `}` press and release the
sustain pedal.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """What one player plays.

    Attributes:
        program: General MIDI program, counted from 0.
        notes: See the module's notation.
        strum: Seconds between the notes of a chord, as when a hand crosses the strings.
        volume: How loud the part is in the whole, 0 to 127.
        pan: Where it stands, 0 (left) to 127 (right).
    """

    program: int
    notes: str
    strum: float = 0.0
    volume: int = 110
    pan: int = 64


@dataclass(frozen=True)
class Piece:
    """One clip: its file name without ending, its tempo in quarter notes per minute, and its parts."""

    name: str
    tempo: float
    parts: tuple[Part, ...]


PIECES = (
    Piece(
        "cello",
        66,
        (
            Part(
                42,
                "[mp] D2:1~ A2:0.5~ D3:0.5~ [mf] F3:1.5v~ E3:0.5~ [f] A3:1v~ G3:0.5~ F3:0.5~ "
                "[mf] E3:0.5~ C#3:0.5~ [mp] D3:1v [p]",
            ),
        ),
    ),
    Piece(
        "clarinet",
        92,
        (
            Part(
                71,
                "[mp] E3:0.5~ A3:0.5~ C4:0.5~ E4:0.5~ [mf] A4:1~ G#4:0.25~ A4:0.25~ B4:0.5 [f] "
                "C5:0.75~ B4:0.25~ A4:0.5. F4:0.5. "
                "[mf] E4:0.5~ D4:0.5~ C4:0.25~ B3:0.25~ G#3:0.5~ [p] A3:1.5",
            ),
        ),
    ),
    Piece(
        "flute",
        96,
        (
            Part(
                73,
                "[mf] D5:0.5~ E5:0.25~ F#5:0.25~ A5:1v~ B5:0.25~ A5:0.25~ F#5:0.5 [f] D6:1v~ C#6:0.25~ B5:0.25~ A5:0.5 "
                "[mf] G5:0.25. F#5:0.25. E5:0.25. F#5:0.25. G5:0.5~ A5:0.5~ [mp] F#5:0.5~ E5:0.5~ D5:1.5v [p]",
            ),
        ),
    ),
    Piece(
        "acoustic_guitar",
        104,
        (
            Part(
                25,
                "[mf] A2+E4:0.5 E3:0.5 A3:0.5 C4:0.5 E4:0.5 C4:0.5 A3:0.5 E3:0.5 "
                "F2+F4:0.5 C3:0.5 A3:0.5 C4:0.5 [f] G2+G4:0.5 D3:0.5 B3:0.5 D4:0.5 "
                "[mf] A2+E3+A3+C4+E4:2 [mp] A2+E3+A3+C4+E4+A4:1.5",
                strum=0.022,
            ),
        ),
    ),
    Piece(
        "electric_guitar",
        112,
        (
            Part(
                29,
                "[f] E2+B2+E3:0.5. E2+B2+E3:0.5. G2+D3+G3:1 A2+E3+A3:0.5. G2+D3+G3:0.5 E2+B2+E3:1 "
                "[ff] B4:0.5> D5:0.5~ D5:1^v E5:0.5~ D5:0.5~ B4:0.5~ A4:0.5~ [f] B4:1.5v G4:0.5~ E4:2v",
                strum=0.008,
            ),
        ),
    ),
    Piece(
        "organ",
        80,
        (
            Part(
                19,
                "[f] C3+G3+C4+E4:1~ G2+G3+B3+D4:1~ A2+E3+A3+C4:0.5~ A2+F3+A3+D4:0.5~ C3+G3+C4+E4:1~ "
                "F2+F3+A3+C4+F4:1~ D3+F3+B3+G4:0.5~ D3+F3+B3+F4:0.5~ G2+F3+B3+D4:1~ C2+C3+G3+C4+E4:2",
            ),
        ),
    ),
    Piece(
        "piano",
        84,
        (
            Part(
                0,
                "[mp] {Bb4:0.75 D5:0.25 F5:0.5} {G5:0.75 F5:0.25 D5:0.5} [mf] {Eb5:0.5 G5:0.5 "
                "Bb5:0.5} [f] {A5:0.5 F5:0.5 C5:0.5} "
                "[mf] {D5:0.75 C5:0.25 Bb4:0.5} [mp] {Bb4+D5+F5+Bb5:2}",
            ),
            Part(
                0,
                "[mp] Bb2:0.5 F3:0.5 D4:0.5 G2:0.5 D3:0.5 Bb3:0.5 Eb2:0.5 Bb2:0.5 G3:0.5 F2:0.5 C3:0.5 A3:0.5 "
                "G2:0.5 D3:0.5 Bb3:0.5 Bb1+F2+Bb2:2",
            ),
        ),
    ),
    Piece(
        "saxophone",
        108,
        (
            Part(
                66,
                "[mf] r:0.33 F3:0.67~ G3:0.33~ Ab3:0.67~ C4:1v [f] Eb4:0.67~ D4:0.33~ C4:0.67~ "
                "Bb3:0.33> C4:0.67. Ab3:0.33~ F3:1v "
                "[mf] r:0.33 Ab3:0.67~ Bb3:0.33~ C4:0.67~ [f] F4:0.67>~ Eb4:0.33~ C4:0.67~ Ab3:0.33~ [mp] F3:2v [p]",
            ),
        ),
    ),
    Piece(
        "trumpet",
        108,
        (
            Part(
                56,
                "[f] Bb4:0.75> Bb4:0.25. Bb4:0.5. D5:0.5. F5:1.5> D5:0.5 [mf] Eb5:0.5~ D5:0.5~ C5:0.5. F4:0.5. "
                "[f] Bb4:0.5. C5:0.5. D5:0.5. Eb5:0.5. [ff] F5:1> G5:0.5 A5:0.5 Bb5:2v [f]",
            ),
        ),
    ),
    Piece(
        "violin",
        100,
        (
            Part(
                40,
                "[mf] E5:1v~ D5:0.25~ C5:0.25~ B4:0.5~ C5:0.5~ E5:0.5~ A5:1v [f] B5:0.25. A5:0.25. "
                "G#5:0.25. A5:0.25. C6:1v~ B5:0.5~ A5:0.5~ "
                "[mf] G#5:0.5~ F5:0.5~ E5:0.5~ D5:0.5~ [mp] C5:0.5~ B4:0.5~ A4:1.5v [p]",
            ),
        ),
    ),
    Piece(
        "ensemble",
        100,
        (
            Part(
                24,
                "[f] D3:0.5 A3:0.5 D4:0.5 F#4:0.5 D3:0.5 A3:0.5 [mf] D4:0.5 A4:0.5 B2:0.5 F#3:0.5 D4:0.5 F#4:0.5 "
                "G2:0.5 D3:0.5 B3:0.5 G4:0.5 A2:0.5 E3:0.5 C#4:0.5 G4:0.5 D3:0.5 A3:0.5 D4:0.5 F#4:0.5 D3+A3+D4+F#4:2",
                strum=0.025,
                volume=110,
                pan=44,
            ),
            Part(
                42,
                "[f] r:3 D3:1~ F#3:1.5v~ E3:0.5~ D3:1~ B2:1~ [mf] G2:1~ A2:1~ D3:1~ A2:1~ D3:2v [mf]",
                volume=112,
                pan=84,
            ),
            Part(
                73,
                "[mf] r:7.5 A5:0.5~ C#6:0.5~ E6:0.5~ G5:0.5~ A5:0.5~ [f] F#5:0.75~ E5:0.25~ D5:1~ D5:2v [mp]",
                volume=92,
                pan=64,
            ),
        ),
    ),
)
