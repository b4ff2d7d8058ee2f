"""A recording and its answer, in Spanish."""

from ..catalogue import Card, Code, Recording, Timeline

RECORDING = Recording(
    label="Tu grabación",
    hint=(
        "WAV, FLAC, MP3, Ogg, Opus, M4A, AIFF o WebM, hasta {mb}\u00a0MB. Los archivos subidos se borran en "
        "{keep}\u00a0minutos como máximo."
    ),
    examples="O prueba un ejemplo",
    ensemble="Trío",
    recognise="Reconocer",
    listening="Escuchando",
)

CARD = Card(
    empty_headline="¿Qué escuchamos?",
    empty_text="Instrumentos que reconoce esta página: {names}.",
    empty_text_voice="Instrumentos que reconoce esta página: {names}. También avisa cuando alguien canta.",
    empty_more="{count} más",
    kicker_found="Suena a",
    kicker_nothing="Sin coincidencias",
    kicker_error="No ha funcionado",
    also="También se oye",
    also_partly="a ratos",
    bars="Instrumentos más probables",
    closest="Los más parecidos, aunque no lo suficiente",
    compare="Compara de oído con los ejemplos",
    none_headline="Ningún instrumento conocido",
    none_text=(
        "Nada en esta grabación se parece lo suficiente a los instrumentos que reconoce esta página. Es la respuesta "
        "correcta para voz hablada, batería, ruido y otros instrumentos."
    ),
    voice_headline="Canto",
    voice_text="Se oye una voz que canta, pero ningún instrumento suena con la claridad suficiente para identificarlo.",
    resembles="Suena parecido a: {names} (solo orientativo)",
    noticed_text="Se oye esto: {name}. Ningún instrumento suena con la claridad suficiente para identificarlo.",
    silent_headline="Silencio",
    silent_text="No hay sonido en esta grabación. Comprueba el micrófono y si se exportó la pista correcta.",
    error_headline="Sin respuesta",
    error_lost="Se ha perdido la conexión con el servidor.",
    error_again="Intentarlo de nuevo con la misma grabación",
    answered_by="Responde {source}, revisión {revision}",
    bundled="el modelo incluido",
    trust_certain="casi seguro",
    trust_likely="probable",
    trust_guess="una suposición",
    remark_truncated="Solo se han analizado los primeros {minutes} minutos; la grabación es más larga.",
    remark_short="Solo {seconds}\u00a0s de sonido: con dos segundos o más, la respuesta sería más fiable.",
    remark_quiet=(
        "Nivel muy bajo (pico de {peak}\u00a0dBFS): graba más cerca o más fuerte para una respuesta más fiable."
    ),
    remark_clipped="La grabación está saturada, lo que hace que los instrumentos se parezcan.",
    remark_noisy="La grabación tiene ruido; toma la respuesta con cautela.",
    accuracy_link="¿Con qué frecuencia acierta?",
    accuracy_of="En las pruebas, {count} de cada 100 respuestas «{name}» fueron correctas",
)

TIMELINE = Timeline(
    title="A lo largo del tiempo",
    hint=(
        "Haz clic para reproducir desde ahí. Arrastra, o mantén Mayús y pulsa las flechas, para seleccionar un "
        "fragmento."
    ),
    spectrogram_alt=(
        "Espectrograma de Mel de {seconds} segundos, de 0 a {top}\u00a0kHz: cuanto más oscuro, más fuerte. Las "
        "pistas de abajo muestran con qué claridad se oye cada instrumento en cada momento."
    ),
    seek="Posición en la grabación",
    lane_alt="{name}: {spans}",
    lane_never="nunca con claridad",
    stretches="Qué suena y cuándo",
    stretch_nothing="ningún instrumento conocido",
    play="Reproducir",
    column_time="Tiempo",
    column_instrument="Instrumento",
    column_probability="Probabilidad",
    column_relative="Proporción (3 mejores)",
    column_sound="Audio",
    all_labels="Todas las probabilidades",
    download="Descargar",
    download_csv="CSV",
    download_json="JSON",
    download_audacity="Etiquetas de Audacity",
    download_raven="Selecciones de Raven",
    download_reaper="Regiones de Reaper",
    excerpts="Mejor fragmento (WAV)",
    taking="Preparando la descarga…",
    part_selected="Selección: {start} – {end}",
    part_kicker="De {start} a {end}",
    part_play="Reproducir",
    part_cut="Descargar WAV",
    part_clear="Quitar la selección",
    sensitivity="Sensibilidad",
    strict="Estricta",
    calibrated="Calibrada",
    sensitive="Alta",
    sensitivity_measured=(
        "En las pruebas, el {precision}\u00a0% de lo que nombró era correcto, y nombró el {recall}\u00a0% de lo que "
        "sonaba."
    ),
    copy_link="Copiar el enlace de este ejemplo",
    copied="Copiado",
    not_copied="No se ha podido copiar",
)

CODE = Code(
    title="Úsalo desde un programa",
    text="Cada respuesta de esta página es una llamada a la API. Para la grabación de arriba:",
    copy="Copiar",
    mcp="Los asistentes compatibles con MCP pueden usar esta dirección:",
)
