"""The page's head and its other tabs, in German."""

from ..catalogue import About, Feedback, Files, Live, Microphone, Page

PAGE = Page(
    title="Welches Instrument spielt da?",
    subtitle=(
        "Eine Aufnahme hochladen oder ins Mikrofon spielen und erfahren, welche Instrumente wann zu hören sind und "
        "wie sicher die Antwort ist."
    ),
    tab_recording="Aufnahme",
    tab_live="Live",
    tab_files="Mehrere Dateien",
    tab_about="Genauigkeit",
    language="Sprache",
)

LIVE = Live(
    title="Live",
    text="Einfach spielen und auf die Balken schauen. Der Klang wird sofort ausgewertet und nie gespeichert.",
    start="Zuhören starten",
    stop="Stopp",
    idle="Mikrofon aus",
    nothing="Kein bekanntes Instrument",
    silent="Stille",
    waiting="Hört zu …",
    level="Eingangspegel",
    bars="Aktuelle Wahrscheinlichkeit jedes Instruments",
    strip="Die letzten 30 Sekunden",
    device="Mikrofon",
    busy="Die Antworten kommen verspätet: Die Verbindung ist langsam, oder viele nutzen gerade Live.",
    full="Zurzeit sind alle Live-Plätze belegt. In einer Minute noch einmal versuchen oder eine Aufnahme hochladen.",
)

MICROPHONE = Microphone(
    denied=(
        "Der Browser hat dieser Seite das Mikrofon nicht erlaubt. Auf das Symbol neben der Adresse klicken, das "
        "Mikrofon erlauben und es noch einmal versuchen."
    ),
    missing="Kein Mikrofon gefunden. Bitte eines anschließen oder stattdessen eine Aufnahme hochladen.",
    busy="Ein anderes Programm verwendet das Mikrofon. Dieses Programm schließen und es noch einmal versuchen.",
    gone="Das gewählte Mikrofon ist nicht mehr angeschlossen. Noch einmal starten, um ein anderes zu verwenden.",
    ended="Das Mikrofon wurde getrennt; das Zuhören ist beendet. Wieder anschließen und noch einmal starten.",
    no_output=(
        "Dieser Browser kann ohne Tonausgabe nicht zuhören. Lautsprecher oder Kopfhörer anschließen oder eine "
        "Aufnahme hochladen."
    ),
    failed=(
        "Der Browser konnte das Mikrofon nicht öffnen. Die Seite neu laden oder stattdessen eine Aufnahme hochladen."
    ),
    insecure=(
        "Browser erlauben das Mikrofon nur auf https-Seiten (oder auf localhost). Bitte diese Seite mit https öffnen."
    ),
)

FILES = Files(
    label="Aufnahmen",
    choose="Aufnahmen auswählen",
    folder="Ordner auswählen",
    drop="oder hierher ziehen",
    text=(
        "Die Aufnahmen werden nacheinander ausgewertet, bis zu {count} in einem Durchgang. Eine Zeile öffnen, um zu "
        "sehen, was wann spielt; die Tabelle gibt es als CSV."
    ),
    progress="{done} von {total}",
    cancel="Abbrechen",
    next="Die nächsten {count} auswerten",
    again="Fortsetzen",
    lost=(
        "Die Verbindung ist abgebrochen. Bisherige Ergebnisse bleiben erhalten; nach dem Wiederverbinden geht es "
        "hier weiter."
    ),
    opening="Wird geöffnet …",
    filter="Zeigen",
    all="alle Aufnahmen",
    download_stretches="CSV der Abschnitte",
    column_file="Datei",
    column_also="Außerdem",
    column_length="Länge",
    nothing="kein bekanntes Instrument",
)

FEEDBACK = Feedback(
    question="Hat das gestimmt?",
    right="Richtig",
    wrong="Falsch",
    really="Was war es?",
    other="etwas anderes",
    consent=(
        "Diese Aufnahme und meine Antwort aufbewahren, um das Modell zu verbessern. Ohne dieses Häkchen wird nichts "
        "gespeichert."
    ),
    send="Senden",
    thanks="Danke. Die Aufnahme wird zum Training verwendet und zu nichts anderem.",
    need_consent="Es wurde nichts gespeichert: Bitte zuerst das Häkchen setzen.",
    need_answer="Bitte angeben, ob die Antwort richtig war, und wenn nicht, was es war.",
    need_clip="Es gibt keine Aufnahme zum Speichern; bitte zuerst eine auswerten.",
    too_big="Diese Aufnahme ist zu groß; es wurde nichts gespeichert.",
    full="Der Speicherplatz für Aufnahmen ist voll; es wurde nichts gespeichert.",
    gone="Die Aufnahme wurde auf dem Server gelöscht; bitte noch einmal hochladen.",
)

ABOUT = About(
    missing="Dieses Modell hat keine Modellkarte.",
)
