"""A recording and its answer, in Italian."""

from ..catalogue import Card, Code, Recording, Timeline

RECORDING = Recording(
    label="La tua registrazione",
    hint=(
        "WAV, FLAC, MP3, Ogg, Opus, M4A, AIFF o WebM, fino a {mb}\u00a0MB. I file caricati vengono eliminati entro "
        "{keep} minuti."
    ),
    examples="Oppure prova un esempio",
    ensemble="Trio",
    recognise="Riconosci",
    listening="In ascolto",
)

CARD = Card(
    empty_headline="Che cosa ascoltiamo?",
    empty_text="Strumenti riconosciuti da questa pagina: {names}.",
    empty_text_voice="Strumenti riconosciuti da questa pagina: {names}. Segnala anche quando qualcuno canta.",
    empty_more="altri {count}",
    kicker_found="Sembra",
    kicker_nothing="Nessuna corrispondenza",
    kicker_error="Non ha funzionato",
    also="Si sente anche",
    also_partly="a tratti",
    bars="Strumenti più probabili",
    closest="I più simili, ma non abbastanza",
    compare="Confronta a orecchio con gli esempi",
    none_headline="Nessuno strumento noto",
    none_text=(
        "Niente in questa registrazione somiglia abbastanza agli strumenti che questa pagina riconosce. È la "
        "risposta giusta per il parlato, la batteria, il rumore e gli altri strumenti."
    ),
    voice_headline="Canto",
    voice_text=(
        "Si sente una voce che canta, ma nessuno strumento si distingue abbastanza da poter essere riconosciuto."
    ),
    resembles="Somiglia a: {names} (a titolo indicativo)",
    noticed_text="Si sente questo: {name}. Nessuno strumento si distingue abbastanza da poter essere riconosciuto.",
    silent_headline="Silenzio",
    silent_text=(
        "In questa registrazione non c’è suono. Controlla il microfono, o se è stata esportata la traccia giusta."
    ),
    error_headline="Nessuna risposta",
    error_lost="La connessione al server si è interrotta.",
    error_again="Riprova con la stessa registrazione",
    answered_by="Ha risposto {source}, revisione {revision}",
    bundled="il modello incluso",
    trust_certain="quasi certo",
    trust_likely="probabile",
    trust_guess="un’ipotesi",
    remark_truncated="Sono stati analizzati solo i primi {minutes} minuti; la registrazione è più lunga.",
    remark_short="Solo {seconds}\u00a0s di suono: con due secondi o più la risposta sarebbe più affidabile.",
    remark_quiet=(
        "Volume molto basso (picco {peak}\u00a0dBFS): registra più da vicino o più forte per una risposta più "
        "affidabile."
    ),
    remark_clipped="La registrazione è satura (in clipping), e questo rende simili gli strumenti.",
    remark_noisy="La registrazione è rumorosa: prendi la risposta con cautela.",
    accuracy_link="Quanto spesso è corretta la risposta?",
    accuracy_of="Nei test, {count} risposte «{name}» su 100 erano corrette",
)

TIMELINE = Timeline(
    title="Nel tempo",
    hint=(
        "Fai clic per ascoltare da lì. Trascina, oppure tieni premuto Maiusc e usa le frecce, per selezionare un "
        "passaggio."
    ),
    spectrogram_alt=(
        "Spettrogramma mel di {seconds} secondi, da 0 a {top}\u00a0kHz: più è scuro, più il suono è forte. Le tracce "
        "sotto mostrano quanto chiaramente si sente ogni strumento in ogni momento."
    ),
    seek="Posizione nella registrazione",
    lane_alt="{name}: {spans}",
    lane_never="mai chiaramente",
    stretches="Che cosa suona e quando",
    stretch_nothing="nessuno strumento noto",
    play="Ascolta",
    column_time="Tempo",
    column_instrument="Strumento",
    column_probability="Probabilità",
    column_relative="Quota (primi 3)",
    column_sound="Audio",
    all_labels="Tutte le probabilità",
    download="Scarica",
    download_csv="CSV",
    download_json="JSON",
    download_audacity="Etichette di Audacity",
    download_raven="Selezioni di Raven",
    download_reaper="Regioni di Reaper",
    excerpts="Estratto migliore (WAV)",
    taking="Preparazione del download…",
    part_selected="Selezione: {start} – {end}",
    part_kicker="Da {start} a {end}",
    part_play="Ascolta",
    part_cut="Scarica WAV",
    part_clear="Annulla selezione",
    sensitivity="Sensibilità",
    strict="Rigorosa",
    calibrated="Calibrata",
    sensitive="Alta",
    sensitivity_measured=(
        "Nei test, il {precision}% di ciò che ha nominato era giusto, e ha nominato il {recall}% di ciò che suonava."
    ),
    copy_link="Copia il link a questo esempio",
    copied="Copiato",
    not_copied="Impossibile copiare",
)

CODE = Code(
    title="Usalo da un programma",
    text="Ogni risposta di questa pagina è una chiamata all’API. Per la registrazione qui sopra:",
    copy="Copia",
    mcp="Gli assistenti compatibili con MCP possono usare questo indirizzo:",
)
