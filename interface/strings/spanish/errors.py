"""What goes wrong, and what others say on the page, in Spanish."""

from ..catalogue import Errors, Gradio, Status

ERRORS = Errors(
    fault="Algo ha fallado por nuestra parte; vuelve a intentarlo o prueba con otro archivo.",
    excerpt_nothing="Este instrumento no se oye con suficiente claridad para extraer un fragmento: {name}.",
    not_uploaded="El archivo no está, o ya no está, en este servidor; súbelo otra vez.",
    request_late=(
        "El análisis se ha detenido a los {seconds} segundos; envía una grabación más corta o menos archivos a la vez."
    ),
    ending="La aplicación se está reiniciando; vuelve a intentarlo en un minuto.",
    busy="Demasiadas personas están usando esta aplicación; vuelve a intentarlo en un minuto.",
    upload_too_big=(
        "La subida supera el tamaño máximo de {mb}\u00a0MB por archivo; envía uno más pequeño, por ejemplo un MP3."
    ),
    upload_no_room="El espacio del servidor para subidas está lleno; vuelve a intentarlo en media hora.",
    upload_late=(
        "La subida ha tardado demasiado; vuelve a intentarlo con una conexión más rápida o un archivo más pequeño."
    ),
    file_empty="{name} está vacío; grábalo o cópialo otra vez.",
    file_no_sound=(
        "No se ha podido leer ningún sonido de {name}; usa un archivo WAV, FLAC, Ogg, Opus, MP3, AIFF, M4A o WebM."
    ),
    file_short="{name} contiene {seconds} segundos de sonido; se necesitan al menos {least}.",
    file_rate=(
        "{name} tiene una frecuencia de muestreo de {rate}\u00a0Hz; conviértelo a una de entre 4 y 192\u00a0kHz."
    ),
    file_unreadable="{name} no se puede leer ({reason}); comprueba sus permisos y el disco.",
    file_missing="{name} no existe o no es un archivo; comprueba el nombre.",
    file_scaled=(
        "Las muestras superan el fondo de escala (pico de {peak}\u00a0dBFS) y se han reducido en consecuencia."
    ),
)

STATUS = Status(
    bundled="Responde el modelo incluido.",
    bundled_until="Responde el modelo incluido hasta que {name} llegue del Hub.",
    bundled_meanwhile="Responde el modelo incluido; se volverá a consultar el Hub a las {time} UTC: {problem}",
    commit="Responde el modelo {name}, revisión {commit}.",
    folder="Responde el modelo {name}.",
)

GRADIO = Gradio(
    drop="Suelta aquí un archivo de audio",
    either="– o –",
    click="Haz clic para subirlo",
    loading="Cargando",
    record="Grabar",
    stop="Parar",
    resume="Reanudar",
    api="Usar por API o MCP",
    settings="Ajustes",
    more_tabs="Más pestañas",
    file_upload="Subida de archivo",
    upload_file="Subir un archivo",
    record_audio="Grabar sonido",
    footer="Pie de página de Gradio",
    clear="Quitar",
    pause="Pausar",
    device="Elegir el dispositivo de entrada",
    error="Error",
    no_microphone="No se ha encontrado ningún micrófono",
    microphone_denied="Permite el acceso al micrófono para grabar.",
    still_uploading="El archivo aún se está subiendo; vuelve a intentarlo enseguida.",
    complete="Listo",
)
