"""Names and figures, in Japanese."""

from ..catalogue import Writing

WRITING = Writing(decimal=".", percent_form="{value}%", comma="、", conjunction="、", small_names=False)

INSTRUMENTS = {
    "cello": "チェロ",
    "clarinet": "クラリネット",
    "flute": "フルート",
    "acoustic_guitar": "アコースティックギター",
    "electric_guitar": "エレキギター",
    "organ": "オルガン",
    "piano": "ピアノ",
    "saxophone": "サックス",
    "trumpet": "トランペット",
    "violin": "ヴァイオリン",
    "voice": "歌声",
}
