"""The page's head and its other tabs, in French."""

from ..catalogue import About, Feedback, Files, Live, Microphone, Page

PAGE = Page(
    title="Quel instrument entend-on\u202f?",
    subtitle=(
        "Importez un enregistrement ou jouez dans le micro pour savoir quels instruments jouent, à quel moment, et "
        "quel crédit accorder à la réponse."
    ),
    tab_recording="Enregistrement",
    tab_live="Direct",
    tab_files="Fichiers",
    tab_about="Fiabilité",
    language="Langue",
)

LIVE = Live(
    title="En direct",
    text="Jouez et regardez les barres. Le son est analysé au fur et à mesure et n’est jamais conservé.",
    start="Commencer l’écoute",
    stop="Arrêter",
    idle="Écoute arrêtée",
    nothing="Aucun instrument connu",
    silent="Silence",
    waiting="À l’écoute…",
    level="Niveau d’entrée",
    bars="Probabilité actuelle de chaque instrument",
    strip="Les 30 dernières secondes",
    device="Micro",
    busy=(
        "Les réponses arrivent en retard\u00a0: la connexion est lente, ou beaucoup de monde utilise l’écoute en "
        "direct."
    ),
    full="Toutes les places d’écoute en direct sont prises. Réessayez dans une minute ou importez un enregistrement.",
)

MICROPHONE = Microphone(
    denied=(
        "Le navigateur n’a pas autorisé cette page à utiliser le micro. Cliquez sur l’icône à côté de l’adresse, "
        "autorisez le micro et réessayez."
    ),
    missing="Aucun micro trouvé. Branchez-en un ou importez plutôt un enregistrement.",
    busy="Un autre programme utilise le micro. Fermez ce programme et réessayez.",
    gone="Le micro choisi n’est plus branché. Recommencez pour en utiliser un autre.",
    ended="Le micro a été débranché\u00a0: l’écoute est terminée. Rebranchez-le et recommencez.",
    no_output=(
        "Ce navigateur ne peut pas écouter sans sortie audio. Branchez des haut-parleurs ou un casque, ou importez "
        "un enregistrement."
    ),
    failed="Le navigateur n’a pas pu ouvrir le micro. Rechargez la page ou importez plutôt un enregistrement.",
    insecure=(
        "Les navigateurs n’autorisent le micro que sur les pages https (ou sur localhost). Ouvrez cette page en https."
    ),
)

FILES = Files(
    label="Enregistrements",
    choose="Choisir des enregistrements",
    folder="Choisir un dossier",
    drop="ou les déposer ici",
    text=(
        "Ils sont analysés l’un après l’autre, {count} par série. Ouvrez une ligne pour voir qui joue quand\u202f; "
        "téléchargez le tableau au format CSV."
    ),
    progress="{done} sur {total}",
    cancel="Annuler",
    next="Analyser les {count} suivants",
    again="Continuer",
    lost=(
        "La connexion a été perdue. Les résultats obtenus sont conservés\u202f; continuez une fois la connexion "
        "rétablie."
    ),
    opening="Ouverture…",
    filter="Afficher",
    all="tous les enregistrements",
    download_stretches="CSV des passages",
    column_file="Fichier",
    column_also="On entend aussi",
    column_length="Durée",
    nothing="aucun instrument connu",
)

FEEDBACK = Feedback(
    question="Était-ce juste\u202f?",
    right="Juste",
    wrong="Faux",
    really="Qu’était-ce\u202f?",
    other="autre chose",
    consent=(
        "Conserver cet extrait et ma réponse pour améliorer le modèle. Rien n’est enregistré si vous ne cochez pas "
        "cette case."
    ),
    send="Envoyer",
    thanks="Merci. Votre extrait servira à l’entraînement et à rien d’autre.",
    need_consent="Rien n’a été enregistré\u00a0: cochez d’abord la case.",
    need_answer="Dites si la réponse était juste et, sinon, ce que c’était.",
    need_clip="Il n’y a aucun extrait à conserver\u202f; analysez-en d’abord un.",
    too_big="Cet extrait est trop volumineux\u00a0: rien n’a été enregistré.",
    full="Il n’y a plus de place pour les extraits\u00a0: rien n’a été enregistré.",
    gone="Votre enregistrement a été supprimé du serveur\u202f; importez-le de nouveau.",
)

ABOUT = About(
    missing="Ce modèle n’a pas de fiche descriptive.",
)
