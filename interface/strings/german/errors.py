"""What goes wrong, and what others say on the page, in German."""

from ..catalogue import Errors, Gradio, Status

ERRORS = Errors(
    fault="Bei uns ist etwas schiefgegangen; bitte noch einmal oder mit einer anderen Datei versuchen.",
    excerpt_nothing="{name} ist in dieser Aufnahme nirgends deutlich genug für einen Ausschnitt zu hören.",
    not_uploaded="Die Datei ist nicht (mehr) auf diesem Server; bitte noch einmal hochladen.",
    request_late=(
        "Die Auswertung wurde nach {seconds} Sekunden abgebrochen; bitte eine kürzere Aufnahme oder weniger auf "
        "einmal senden."
    ),
    ending="Die App wird neu gestartet; bitte in einer Minute noch einmal versuchen.",
    busy="Zurzeit nutzen zu viele diese App; bitte in einer Minute noch einmal versuchen.",
    upload_too_big=(
        "Der Upload überschreitet die zulässige Größe von {mb}\u00a0MB pro Datei; bitte eine kleinere Datei "
        "senden, zum "
        "Beispiel eine MP3."
    ),
    upload_no_room=(
        "Der Platz für Uploads auf dem Server ist voll; bitte in einer halben Stunde noch einmal versuchen."
    ),
    upload_late=(
        "Das Hochladen hat zu lange gedauert; bitte mit einer schnelleren Verbindung oder einer kleineren Datei noch "
        "einmal versuchen."
    ),
    file_empty="{name} ist leer; bitte neu aufnehmen oder kopieren.",
    file_no_sound="Aus {name} ließ sich kein Ton lesen; möglich sind WAV, FLAC, Ogg, Opus, MP3, AIFF, M4A und WebM.",
    file_short="{name} enthält {seconds} Sekunden Ton; mindestens {least} Sekunden sind nötig.",
    file_rate="{name} hat eine Abtastrate von {rate}\u00a0Hz; bitte in eine von 4 bis 192\u00a0kHz umwandeln.",
    file_unreadable="{name} lässt sich nicht lesen ({reason}); bitte Zugriffsrechte und Datenträger prüfen.",
    file_missing="{name} gibt es nicht, oder es ist keine Datei; bitte den Namen prüfen.",
    file_scaled=(
        "Die Abtastwerte überschreiten die Vollaussteuerung (Spitzenpegel {peak}\u00a0dBFS) und wurden "
        "entsprechend abgesenkt."
    ),
)

STATUS = Status(
    bundled="Es antwortet das mitgelieferte Modell.",
    bundled_until="Es antwortet das mitgelieferte Modell, bis {name} vom Hub eingetroffen ist.",
    bundled_meanwhile="Es antwortet das mitgelieferte Modell; der Hub wird um {time} UTC wieder gefragt: {problem}",
    commit="Es antwortet das Modell {name}, Version {commit}.",
    folder="Es antwortet das Modell {name}.",
)

GRADIO = Gradio(
    drop="Audiodatei hier ablegen",
    either="– oder –",
    click="Zum Hochladen klicken",
    loading="Wird geladen",
    record="Aufnehmen",
    stop="Stopp",
    resume="Fortsetzen",
    api="Per API oder MCP nutzen",
    settings="Einstellungen",
    more_tabs="Weitere Reiter",
    file_upload="Datei hochladen",
    upload_file="Datei hochladen",
    record_audio="Ton aufnehmen",
    footer="Fußzeile von Gradio",
    clear="Entfernen",
    pause="Pause",
    device="Eingabegerät auswählen",
    error="Fehler",
    no_microphone="Kein Mikrofon gefunden",
    microphone_denied="Bitte den Zugriff auf das Mikrofon erlauben, um aufzunehmen.",
    still_uploading="Die Datei wird noch hochgeladen; bitte gleich noch einmal versuchen.",
    complete="Fertig",
)
