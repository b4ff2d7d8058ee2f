"""The page's head and its other tabs, in English."""

from ..catalogue import About, Feedback, Files, Live, Microphone, Page

PAGE = Page(
    title="Which instrument is playing?",
    subtitle=(
        "Upload a recording or use the microphone to find out which instruments are playing, when, and how "
        "certain the answer is."
    ),
    tab_recording="Recording",
    tab_live="Live",
    tab_files="Several files",
    tab_about="Accuracy",
    language="Language",
)

LIVE = Live(
    title="Live",
    text="Play and watch the bars. The sound is analysed as it arrives and is never stored.",
    start="Start listening",
    stop="Stop",
    idle="Not listening",
    nothing="No known instrument",
    silent="Silence",
    waiting="Listening …",
    level="Input level",
    bars="Probability of each instrument now",
    strip="The last 30 seconds",
    device="Microphone",
    busy="Answers are delayed: the connection is slow, or many people are using Live right now.",
    full="All live slots are taken at the moment. Try again in a minute, or upload a recording.",
)

MICROPHONE = Microphone(
    denied=(
        "The browser did not allow this page to use the microphone. Click the icon beside the address, allow "
        "the microphone, and try again."
    ),
    missing="No microphone was found. Connect one, or upload a recording instead.",
    busy="Another program is using the microphone. Close that program and try again.",
    gone="The chosen microphone is not connected any more. Start again to use another one.",
    ended="The microphone was disconnected, so listening has ended. Connect it and start again.",
    no_output=(
        "This browser cannot listen without a sound output. Connect loudspeakers or headphones, or upload a recording."
    ),
    failed="The browser could not open the microphone. Reload the page, or upload a recording instead.",
    insecure=("Browsers allow the microphone only on https pages (or on localhost). Open this page with https."),
)

FILES = Files(
    label="Recordings",
    choose="Choose recordings",
    folder="Choose a folder",
    drop="or drop them here",
    text=(
        "They are analysed one after another, {count} in one go. Open a row to see when what plays; download "
        "the table as CSV."
    ),
    progress="{done} of {total}",
    cancel="Cancel",
    next="Analyse the next {count}",
    again="Go on",
    lost="The connection was lost. What has been analysed is kept; go on when you are connected again.",
    opening="Opening …",
    filter="Show",
    all="all recordings",
    download_stretches="CSV of stretches",
    column_file="File",
    column_also="Also heard",
    column_length="Length",
    nothing="no known instrument",
)

FEEDBACK = Feedback(
    question="Was that right?",
    right="Right",
    wrong="Wrong",
    really="What was it?",
    other="something else",
    consent=("Keep this clip and my answer to improve the model. Nothing is stored unless you tick this box."),
    send="Send",
    thanks="Thank you. Your clip will be used for training and for nothing else.",
    need_consent="Nothing was stored: please tick the box first.",
    need_answer="Please say whether the answer was right, and if not, what it was.",
    need_clip="There is no clip to store; analyse one first.",
    too_big="This clip is too large to store, so nothing was stored.",
    full="There is no more room for clips, so nothing was stored.",
    gone="Your recording has been deleted from the server; please upload it again.",
)

ABOUT = About(
    missing="This model has no model card.",
)
