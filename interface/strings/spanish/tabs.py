"""The page's head and its other tabs, in Spanish."""

from ..catalogue import About, Feedback, Files, Live, Microphone, Page

PAGE = Page(
    title="¿Qué instrumento suena?",
    subtitle=(
        "Sube una grabación o toca ante el micrófono para saber qué instrumentos suenan, cuándo y con cuánta certeza."
    ),
    tab_recording="Grabación",
    tab_live="En vivo",
    tab_files="Archivos",
    tab_about="Fiabilidad",
    language="Idioma",
)

LIVE = Live(
    title="En vivo",
    text="Toca y mira las barras. El sonido se analiza según llega y nunca se guarda.",
    start="Empezar a escuchar",
    stop="Parar",
    idle="Escucha detenida",
    nothing="Ningún instrumento conocido",
    silent="Silencio",
    waiting="Escuchando…",
    level="Nivel de entrada",
    bars="Probabilidad de cada instrumento en este momento",
    strip="Los últimos 30 segundos",
    device="Micrófono",
    busy="Las respuestas llegan con retraso: la conexión es lenta o hay mucha gente usando la escucha en vivo.",
    full="Ahora mismo todas las plazas en vivo están ocupadas. Prueba dentro de un minuto o sube una grabación.",
)

MICROPHONE = Microphone(
    denied=(
        "El navegador no ha permitido que esta página use el micrófono. Haz clic en el icono junto a la dirección, "
        "permite el micrófono y vuelve a intentarlo."
    ),
    missing="No se ha encontrado ningún micrófono. Conecta uno o sube una grabación.",
    busy="Otro programa está usando el micrófono. Ciérralo y vuelve a intentarlo.",
    gone="El micrófono elegido ya no está conectado. Empieza de nuevo para usar otro.",
    ended="El micrófono se ha desconectado y la escucha ha terminado. Conéctalo y empieza de nuevo.",
    no_output=(
        "Este navegador no puede escuchar sin una salida de sonido. Conecta altavoces o auriculares, o sube una "
        "grabación."
    ),
    failed="El navegador no ha podido abrir el micrófono. Vuelve a cargar la página o sube una grabación.",
    insecure=(
        "Los navegadores solo permiten el micrófono en páginas https (o en localhost). Abre esta página con https."
    ),
)

FILES = Files(
    label="Grabaciones",
    choose="Elegir grabaciones",
    folder="Elegir una carpeta",
    drop="o soltarlas aquí",
    text=(
        "Se analizan una tras otra, {count} por tanda. Abre una fila para ver qué suena y cuándo; descarga la tabla en "
        "CSV."
    ),
    progress="{done} de {total}",
    cancel="Cancelar",
    next="Analizar {count} más",
    again="Continuar",
    lost=(
        "Se ha perdido la conexión. Lo que ya se ha analizado se conserva; continúa cuando vuelvas a tener conexión."
    ),
    opening="Abriendo…",
    filter="Mostrar",
    all="todas las grabaciones",
    download_stretches="CSV de fragmentos",
    column_file="Archivo",
    column_also="También se oye",
    column_length="Duración",
    nothing="ningún instrumento conocido",
)

FEEDBACK = Feedback(
    question="¿Ha acertado?",
    right="Sí",
    wrong="No",
    really="¿Qué era?",
    other="otra cosa",
    consent=(
        "Conservar este fragmento y mi respuesta para mejorar el modelo. No se guarda nada si no marcas esta casilla."
    ),
    send="Enviar",
    thanks="Gracias. Tu fragmento se usará para el entrenamiento y para nada más.",
    need_consent="No se ha guardado nada: marca primero la casilla.",
    need_answer="Indica si la respuesta era correcta y, si no, qué era.",
    need_clip="No hay ningún fragmento que guardar; analiza uno primero.",
    too_big="Este fragmento es demasiado grande, así que no se ha guardado nada.",
    full="No queda sitio para más fragmentos, así que no se ha guardado nada.",
    gone="Tu grabación se ha borrado del servidor; súbela otra vez.",
)

ABOUT = About(
    missing="Este modelo no tiene ficha.",
)
