"""A recording and its answer, in German."""

from ..catalogue import Card, Code, Recording, Timeline

RECORDING = Recording(
    label="Aufnahme",
    hint=(
        "WAV, FLAC, MP3, Ogg, Opus, M4A, AIFF oder WebM, bis zu {mb}\u00a0MB. Hochgeladene Dateien werden "
        "nach spätestens "
        "{keep} Minuten gelöscht."
    ),
    examples="Oder ein Beispiel",
    ensemble="Trio",
    recognise="Erkennen",
    listening="Hört zu",
)

CARD = Card(
    empty_headline="Was gibt es zu hören?",
    empty_text="Diese Seite erkennt {names}.",
    empty_text_voice="Diese Seite erkennt {names} und merkt, wenn jemand singt.",
    empty_more="{count} weitere",
    kicker_found="Das klingt nach",
    kicker_nothing="Kein Treffer",
    kicker_error="Das hat nicht geklappt",
    also="Außerdem zu hören",
    also_partly="zeitweise",
    bars="Wahrscheinlichste Instrumente",
    closest="Am ähnlichsten, aber nicht ähnlich genug",
    compare="Beispiele zum Vergleich anhören",
    none_headline="Kein bekanntes Instrument",
    none_text=(
        "Nichts in dieser Aufnahme ähnelt den Instrumenten, die diese Seite erkennt, deutlich genug. Bei Sprache, "
        "Schlagzeug, Geräuschen und anderen Instrumenten ist das die richtige Antwort."
    ),
    voice_headline="Gesang",
    voice_text="Eine Singstimme ist zu hören, aber kein Instrument so deutlich, dass es sich bestimmen ließe.",
    resembles="Klingt ähnlich wie: {names} (nur ein Hinweis)",
    noticed_text="{name} ist zu hören, aber kein Instrument so deutlich, dass es sich bestimmen ließe.",
    silent_headline="Stille",
    silent_text=(
        "In dieser Aufnahme ist nichts zu hören. Bitte prüfen, ob das Mikrofon funktioniert und die richtige Spur "
        "exportiert wurde."
    ),
    error_headline="Keine Antwort",
    error_lost="Die Verbindung zum Server ist abgebrochen.",
    error_again="Mit derselben Aufnahme noch einmal versuchen",
    answered_by="Es antwortet {source}, Version {revision}",
    bundled="das mitgelieferte Modell",
    trust_certain="so gut wie sicher",
    trust_likely="wahrscheinlich",
    trust_guess="eine Vermutung",
    remark_truncated="Nur die ersten {minutes} Minuten wurden ausgewertet; die Aufnahme ist länger.",
    remark_short="Nur {seconds}\u00a0s Ton: Ab zwei Sekunden wird die Antwort verlässlicher.",
    remark_quiet=(
        "Sehr leise (Spitzenpegel {peak}\u00a0dBFS): Eine nähere oder lautere Aufnahme macht die Antwort verlässlicher."
    ),
    remark_clipped="Die Aufnahme ist übersteuert, wodurch Instrumente einander ähnlicher klingen.",
    remark_noisy="Die Aufnahme rauscht; die Antwort ist mit Vorsicht zu genießen.",
    accuracy_link="Wie oft stimmt das?",
    accuracy_of="In Tests waren {count} von 100 Antworten „{name}“ richtig",
)

TIMELINE = Timeline(
    title="Zeitverlauf",
    hint=(
        "Klicken, um ab dort abzuspielen. Ziehen, oder bei gehaltener Umschalttaste die Pfeiltasten "
        "drücken, um einen Abschnitt auszuwählen."
    ),
    spectrogram_alt=(
        "Mel-Spektrogramm von {seconds} Sekunden, 0 bis {top}\u00a0kHz: je dunkler, desto lauter. Die Spuren darunter "
        "zeigen, wie deutlich jedes Instrument in jedem Moment zu hören ist."
    ),
    seek="Position in der Aufnahme",
    lane_alt="{name}: {spans}",
    lane_never="nie deutlich",
    stretches="Was spielt wann",
    stretch_nothing="kein bekanntes Instrument",
    play="Abspielen",
    column_time="Zeit",
    column_instrument="Instrument",
    column_probability="Wahr\u00adschein\u00adlich\u00adkeit",
    column_relative="Anteil (beste 3)",
    column_sound="Audio",
    all_labels="Alle Wahrscheinlichkeiten",
    download="Herunterladen",
    download_csv="CSV",
    download_json="JSON",
    download_audacity="Audacity-Textmarken",
    download_raven="Raven-Auswahltabelle",
    download_reaper="Reaper-Regionen",
    excerpts="Bester Ausschnitt (WAV)",
    taking="Der Download wird vorbereitet …",
    part_selected="Ausgewählt: {start} – {end}",
    part_kicker="Von {start} bis {end}",
    part_play="Abspielen",
    part_cut="WAV herunterladen",
    part_clear="Auswahl aufheben",
    sensitivity="Empfindlichkeit",
    strict="Streng",
    calibrated="Kalibriert",
    sensitive="Empfindlich",
    sensitivity_measured=(
        "In Tests stimmten {precision}\u00a0% der genannten Instrumente, und {recall}\u00a0% der gespielten wurden "
        "genannt."
    ),
    copy_link="Link zu diesem Beispiel kopieren",
    copied="Kopiert",
    not_copied="Kopieren nicht möglich",
)

CODE = Code(
    title="Im eigenen Code verwenden",
    text="Jede Antwort auf dieser Seite ist ein API-Aufruf. Für die Aufnahme oben:",
    copy="Kopieren",
    mcp="Assistenten mit MCP-Unterstützung können diese Adresse verwenden:",
)
