"""What goes wrong, and what others say on the page, in French."""

from ..catalogue import Errors, Gradio, Status

ERRORS = Errors(
    fault="Une erreur s’est produite de notre côté\u202f; réessayez, ou essayez un autre fichier.",
    excerpt_nothing="Instrument trop peu net dans cet enregistrement pour en tirer un extrait\u00a0: {name}.",
    not_uploaded="Le fichier n’est pas, ou n’est plus, sur ce serveur\u202f; importez-le de nouveau.",
    request_late=(
        "L’analyse a été interrompue après {seconds}\u00a0secondes\u202f; envoyez un enregistrement plus court, ou "
        "moins de fichiers à la fois."
    ),
    ending="L’application redémarre\u202f; réessayez dans une minute.",
    busy="Trop de personnes utilisent cette application en ce moment\u202f; réessayez dans une minute.",
    upload_too_big=(
        "L’envoi dépasse la taille maximale de {mb}\u00a0Mo par fichier\u202f; envoyez un fichier plus petit, par "
        "exemple un MP3."
    ),
    upload_no_room="L’espace réservé aux envois sur le serveur est plein\u202f; réessayez dans une demi-heure.",
    upload_late=(
        "L’envoi a pris trop de temps\u202f; réessayez avec une connexion plus rapide ou un fichier plus petit."
    ),
    file_empty="{name} est vide\u202f; enregistrez-le ou copiez-le de nouveau.",
    file_no_sound=(
        "Aucun son n’a pu être lu dans {name}\u202f; envoyez un fichier WAV, FLAC, Ogg, Opus, MP3, AIFF, M4A ou WebM."
    ),
    file_short="{name} contient {seconds}\u00a0seconde de son\u202f; il en faut au moins {least}.",
    file_rate=(
        "{name} a une fréquence d’échantillonnage de {rate}\u00a0Hz\u202f; convertissez-le entre 4 et 192\u00a0kHz."
    ),
    file_unreadable="{name} ne peut pas être lu ({reason})\u202f; vérifiez ses droits d’accès et son disque.",
    file_missing="{name} n’existe pas ou n’est pas un fichier\u202f; vérifiez son nom.",
    file_scaled=(
        "Les échantillons dépassent la pleine échelle (crête à {peak}\u00a0dBFS)\u202f; leur niveau a été abaissé "
        "d’autant."
    ),
)

STATUS = Status(
    bundled="C’est le modèle intégré qui répond.",
    bundled_until="C’est le modèle intégré qui répond, en attendant que {name} arrive du Hub.",
    bundled_meanwhile=(
        "C’est le modèle intégré qui répond\u202f; le Hub sera de nouveau interrogé à {time} UTC\u00a0: {problem}"
    ),
    commit="C’est le modèle {name}, révision {commit}, qui répond.",
    folder="C’est le modèle {name} qui répond.",
)

GRADIO = Gradio(
    drop="Déposez un fichier audio ici",
    either="– ou –",
    click="Cliquez pour importer",
    loading="Chargement",
    record="Enregistrer",
    stop="Arrêter",
    resume="Reprendre",
    api="Utiliser via API ou MCP",
    settings="Paramètres",
    more_tabs="Autres onglets",
    file_upload="Import de fichier",
    upload_file="Importer un fichier",
    record_audio="Enregistrer avec le micro",
    footer="Pied de page de Gradio",
    clear="Supprimer",
    pause="Pause",
    device="Choisir le périphérique d’entrée",
    error="Erreur",
    no_microphone="Aucun micro trouvé",
    microphone_denied="Autorisez l’accès au micro pour enregistrer.",
    still_uploading="Le fichier est encore en cours d’envoi\u202f; réessayez dans un instant.",
    complete="Terminé",
)
