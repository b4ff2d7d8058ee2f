"""The page's head and its other tabs, in Italian."""

from ..catalogue import About, Feedback, Files, Live, Microphone, Page

PAGE = Page(
    title="Quale strumento suona?",
    subtitle=(
        "Carica una registrazione o suona davanti al microfono per scoprire quali strumenti si sentono, quando, e "
        "quanto è sicura la risposta."
    ),
    tab_recording="Registrazione",
    tab_live="Live",
    tab_files="Più file",
    tab_about="Affidabilità",
    language="Lingua",
)

LIVE = Live(
    title="Dal vivo",
    text="Suona e guarda le barre. Il suono viene analizzato man mano che arriva e non viene mai salvato.",
    start="Inizia l’ascolto",
    stop="Ferma",
    idle="Non in ascolto",
    nothing="Nessuno strumento noto",
    silent="Silenzio",
    waiting="In ascolto…",
    level="Livello in ingresso",
    bars="Probabilità attuale di ogni strumento",
    strip="Gli ultimi 30 secondi",
    device="Microfono",
    busy="Le risposte arrivano in ritardo: la connessione è lenta, o molte persone stanno usando l’ascolto dal vivo.",
    full="Al momento tutti i posti dal vivo sono occupati. Riprova tra un minuto o carica una registrazione.",
)

MICROPHONE = Microphone(
    denied=(
        "Il browser non ha permesso a questa pagina di usare il microfono. Fai clic sull’icona accanto "
        "all’indirizzo, consenti il microfono e riprova."
    ),
    missing="Nessun microfono trovato. Collegane uno o carica una registrazione.",
    busy="Un altro programma sta usando il microfono. Chiudilo e riprova.",
    gone="Il microfono scelto non è più collegato. Ricomincia per usarne un altro.",
    ended="Il microfono è stato scollegato e l’ascolto è terminato. Ricollegalo e ricomincia.",
    no_output=(
        "Questo browser non può ascoltare senza un’uscita audio. Collega altoparlanti o cuffie, oppure carica una "
        "registrazione."
    ),
    failed="Il browser non è riuscito ad aprire il microfono. Ricarica la pagina o carica una registrazione.",
    insecure=(
        "I browser permettono il microfono solo sulle pagine https (o su localhost). Apri questa pagina con https."
    ),
)

FILES = Files(
    label="Registrazioni",
    choose="Scegli le registrazioni",
    folder="Scegli una cartella",
    drop="o trascinale qui",
    text=(
        "Vengono analizzate una dopo l’altra, {count} per volta. Apri una riga per vedere che cosa suona e quando; "
        "scarica la tabella in CSV."
    ),
    progress="{done} di {total}",
    cancel="Annulla",
    next="Analizza altre {count}",
    again="Continua",
    lost=(
        "La connessione si è interrotta. Ciò che è stato analizzato resta; continua quando la connessione è tornata."
    ),
    opening="Apertura…",
    filter="Mostra",
    all="tutte le registrazioni",
    download_stretches="CSV dei passaggi",
    column_file="Nome del file",
    column_also="Si sente anche",
    column_length="Durata",
    nothing="nessuno strumento noto",
)

FEEDBACK = Feedback(
    question="Era giusto?",
    right="Giusto",
    wrong="Sbagliato",
    really="Che cos’era?",
    other="qualcos’altro",
    consent=(
        "Conserva questo brano e la mia risposta per migliorare il modello. Senza questa spunta non viene salvato "
        "nulla."
    ),
    send="Invia",
    thanks="Grazie. Il tuo brano sarà usato per l’addestramento e per nient’altro.",
    need_consent="Non è stato salvato nulla: prima spunta la casella.",
    need_answer="Indica se la risposta era giusta e, se non lo era, che cos’era.",
    need_clip="Non c’è nessun brano da salvare; prima analizzane uno.",
    too_big="Questo brano è troppo grande: non è stato salvato nulla.",
    full="Non c’è più spazio per i brani: non è stato salvato nulla.",
    gone="La tua registrazione è stata eliminata dal server; caricala di nuovo.",
)

ABOUT = About(
    missing="Questo modello non ha una scheda.",
)
