"""What goes wrong, and what others say on the page, in Italian."""

from ..catalogue import Errors, Gradio, Status

ERRORS = Errors(
    fault="Qualcosa è andato storto da parte nostra; riprova, o prova con un altro file.",
    excerpt_nothing="Questo strumento non si sente abbastanza chiaramente per ricavarne un estratto: {name}.",
    not_uploaded="Il file non è, o non è più, su questo server; caricalo di nuovo.",
    request_late=(
        "L’analisi è stata interrotta dopo {seconds} secondi; invia una registrazione più breve, o meno file per volta."
    ),
    ending="L’app si sta riavviando; riprova tra un minuto.",
    busy="Troppe persone stanno usando questa app; riprova tra un minuto.",
    upload_too_big=(
        "Il caricamento supera la dimensione massima di {mb}\u00a0MB per file; invia un file più piccolo, per "
        "esempio un MP3."
    ),
    upload_no_room="Lo spazio del server per i caricamenti è pieno; riprova tra mezz’ora.",
    upload_late=(
        "Il caricamento ha richiesto troppo tempo; riprova con una connessione più veloce o un file più piccolo."
    ),
    file_empty="{name} è vuoto; registralo o copialo di nuovo.",
    file_no_sound=(
        "Non è stato possibile leggere alcun suono da {name}; usa un file WAV, FLAC, Ogg, Opus, MP3, AIFF, M4A o WebM."
    ),
    file_short="{name} contiene {seconds} secondi di suono; ne servono almeno {least}.",
    file_rate="{name} ha una frequenza di campionamento di {rate}\u00a0Hz; convertilo a una tra 4 e 192\u00a0kHz.",
    file_unreadable="{name} non può essere letto ({reason}); controlla i permessi e il disco.",
    file_missing="{name} non esiste o non è un file; controlla il nome.",
    file_scaled="I campioni superano il fondo scala (picco {peak}\u00a0dBFS) e sono stati ridotti di conseguenza.",
)

STATUS = Status(
    bundled="Risponde il modello incluso.",
    bundled_until="Risponde il modello incluso finché {name} non arriva dall’Hub.",
    bundled_meanwhile="Risponde il modello incluso; l’Hub sarà interrogato di nuovo alle {time} UTC: {problem}",
    commit="Risponde il modello {name}, revisione {commit}.",
    folder="Risponde il modello {name}.",
)

GRADIO = Gradio(
    drop="Trascina qui un file audio",
    either="– oppure –",
    click="Fai clic per caricarlo",
    loading="Caricamento",
    record="Registra",
    stop="Ferma",
    resume="Riprendi",
    api="Usa tramite API o MCP",
    settings="Impostazioni",
    more_tabs="Altre schede",
    file_upload="Caricamento di file",
    upload_file="Carica un file",
    record_audio="Registra con il microfono",
    footer="Piè di pagina di Gradio",
    clear="Rimuovi",
    pause="Pausa",
    device="Scegli il dispositivo di ingresso",
    error="Errore",
    no_microphone="Nessun microfono trovato",
    microphone_denied="Consenti l’accesso al microfono per registrare.",
    still_uploading="Il file è ancora in caricamento; riprova tra poco.",
    complete="Fatto",
)
