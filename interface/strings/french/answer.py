"""A recording and its answer, in French."""

from ..catalogue import Card, Code, Recording, Timeline

RECORDING = Recording(
    label="Votre enregistrement",
    hint=(
        "WAV, FLAC, MP3, Ogg, Opus, M4A, AIFF ou WebM, jusqu’à {mb}\u00a0Mo. Les fichiers envoyés sont supprimés au "
        "bout de {keep}\u00a0minutes au plus."
    ),
    examples="Ou essayez un exemple",
    ensemble="Trio",
    recognise="Reconnaître",
    listening="Écoute en cours",
)

CARD = Card(
    empty_headline="Qu’allons-nous écouter\u202f?",
    empty_text="Instruments reconnus\u00a0: {names}.",
    empty_text_voice="Instruments reconnus\u00a0: {names}. La page signale aussi le chant.",
    empty_more="{count} autres",
    kicker_found="On dirait",
    kicker_nothing="Aucune correspondance",
    kicker_error="Cela n’a pas fonctionné",
    also="On entend aussi",
    also_partly="par moments",
    bars="Instruments les plus probables",
    closest="Les plus proches, mais pas assez ressemblants",
    compare="Comparez à l’oreille avec les exemples",
    none_headline="Aucun instrument connu",
    none_text=(
        "Rien dans cet enregistrement ne ressemble assez aux instruments que cette page reconnaît. C’est la bonne "
        "réponse pour la parole, la batterie, le bruit et les autres instruments."
    ),
    voice_headline="Chant",
    voice_text="On entend une voix chantée, mais aucun instrument ne s’en détache assez pour être identifié.",
    resembles="Sonorités proches\u00a0: {names} (à titre indicatif)",
    noticed_text=("On entend ceci\u00a0: {name}. Aucun instrument ne s’en détache assez pour être identifié."),
    silent_headline="Silence",
    silent_text="Cet enregistrement ne contient aucun son. Vérifiez le micro et la piste exportée.",
    error_headline="Pas de réponse",
    error_lost="La connexion au serveur a été perdue.",
    error_again="Réessayer avec le même enregistrement",
    answered_by="Réponse donnée par {source}, révision {revision}",
    bundled="le modèle intégré",
    trust_certain="presque certain",
    trust_likely="probable",
    trust_guess="une supposition",
    remark_truncated=(
        "Seules les {minutes} premières minutes ont été analysées\u202f; l’enregistrement est plus long."
    ),
    remark_short=(
        "Seulement {seconds}\u00a0s de son\u00a0: avec au moins deux secondes, la réponse serait plus fiable."
    ),
    remark_quiet=(
        "Niveau très faible (crête à {peak}\u00a0dBFS)\u00a0: enregistrez de plus près ou plus fort pour une réponse "
        "plus fiable."
    ),
    remark_clipped="L’enregistrement est saturé, ce qui fait que les instruments se ressemblent.",
    remark_noisy="L’enregistrement est bruité\u202f; prenez la réponse avec prudence.",
    accuracy_link="Est-ce souvent juste\u202f?",
    accuracy_of="Lors des tests, {count} réponses «\u00a0{name}\u00a0» sur 100 étaient justes",
)

TIMELINE = Timeline(
    title="Au fil du temps",
    hint=(
        "Cliquez pour écouter à partir de là. Faites glisser, ou maintenez Maj et appuyez sur les flèches, pour "
        "sélectionner un passage."
    ),
    spectrogram_alt=(
        "Spectrogramme mel de {seconds}\u00a0secondes, de 0 à {top}\u00a0kHz\u00a0: plus c’est sombre, plus c’est "
        "fort. Les pistes en dessous montrent avec quelle netteté chaque instrument s’entend à chaque instant."
    ),
    seek="Position dans l’enregistrement",
    lane_alt="{name}\u00a0: {spans}",
    lane_never="jamais nettement",
    stretches="Qui joue quand",
    stretch_nothing="aucun instrument connu",
    play="Écouter",
    column_time="Temps",
    column_instrument="Instrument",
    column_probability="Probabilité",
    column_relative="Part (3 premiers)",
    column_sound="Son",
    all_labels="Toutes les probabilités",
    download="Télécharger",
    download_csv="CSV",
    download_json="JSON",
    download_audacity="Marqueurs Audacity",
    download_raven="Sélections Raven",
    download_reaper="Régions Reaper",
    excerpts="Meilleur extrait (WAV)",
    taking="Préparation du téléchargement…",
    part_selected="Sélection\u00a0: {start} – {end}",
    part_kicker="De {start} à {end}",
    part_play="Écouter",
    part_cut="Télécharger en WAV",
    part_clear="Effacer la sélection",
    sensitivity="Sensibilité",
    strict="Stricte",
    calibrated="Étalonnée",
    sensitive="Élevée",
    sensitivity_measured=(
        "Lors des tests, {precision}\u202f% des instruments nommés étaient justes, et {recall}\u202f% de ceux qui "
        "jouaient ont été nommés."
    ),
    copy_link="Copier le lien de cet exemple",
    copied="Copié",
    not_copied="Copie impossible",
)

CODE = Code(
    title="Depuis un programme",
    text="Chaque réponse de cette page est un appel d’API. Pour l’enregistrement ci-dessus\u00a0:",
    copy="Copier",
    mcp="Les assistants compatibles MCP peuvent utiliser cette adresse\u00a0:",
)
