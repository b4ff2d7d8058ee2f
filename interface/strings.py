"""Every English text of the page. Another language is another module with these names.

Texts with `{...}` are filled in by `str.format`; none of them holds HTML.
"""

TITLE = "Which instrument is playing?"
SUBTITLE = (
    "Drop a recording, and read which of ten instruments it hears: which one leads, what else sounds, when, "
    "and how sure."
)
TAB_RECORDING = "Recording"
TAB_LIVE = "Live"
TAB_FILES = "Several files"
TAB_ABOUT = "Accuracy"

# ---------------------------------------------------------------- a recording
CLIP_LABEL = "Your recording"
CLIP_HINT = "wav, flac, mp3, ogg, opus, m4a, aiff or webm, up to {mb} MB. It is deleted within {keep} minutes."
EXAMPLES = "Or try"
EXAMPLE_ENSEMBLE = "Trio"
RECOGNISE = "Recognise"

EMPTY_HEADLINE = "Play it something"
EMPTY_TEXT = "It knows {names}, and notices when somebody sings."

KICKER_FOUND = "It hears"
KICKER_NOTHING = "No match"
KICKER_ERROR = "That did not work"
ALSO = "Also heard"
ALSO_PARTLY = "at times"
BARS = "Most probable of the ten"
CLOSEST = "Closest of the ten, none of them close enough"
NONE_HEADLINE = "None of the ten"
NONE_TEXT = (
    "Nothing in this recording is like one of the ten instruments it knows: no probability reaches the point "
    "from which "
    "an instrument counts as heard. Speech, drums, noise and other instruments end here."
)
VOICE_HEADLINE = "Singing"
VOICE_TEXT = "It hears a voice, and none of the ten instruments clearly enough beside it."
SILENT_HEADLINE = "Silence"
SILENT_TEXT = "There is no sound in this recording. Check the microphone, or that the right track was exported."
ERROR_HEADLINE = "No answer"
LISTENING = "Listening"
FAULT = "Something went wrong on our side; please try again, or try another file."
ANSWERED_BY = "Answered by {source}, revision {revision}"
BUNDLED = "the bundled model"

# From which calibrated probability which word.
TRUST = ((0.9, "almost certain"), (0.65, "likely"), (0.0, "a guess"))

REMARK_TRUNCATED = "Only the first {minutes} minutes were analysed; the recording is longer."
REMARK_SHORT = "Only {seconds:.1f} s of sound: two seconds or more would make the answer surer."
REMARK_QUIET = "Very quiet (peak {peak:.0f} dBFS): record closer or louder for a surer answer."
REMARK_CLIPPED = "The recording is overdriven (clipped), which makes instruments sound alike."
REMARK_NOISY = "There is a lot of noise in it, so take the answer with care."

# ---------------------------------------------------------------- over time
OVER_TIME = "Over time"
OVER_TIME_HINT = "Click to play from there. Drag, or hold Shift and press the arrow keys, to select a part."
SPECTROGRAM_ALT = (
    "Mel spectrogram of {seconds:.1f} seconds, 0 to {top:.0f} kHz: the darker, the louder. "
    "The lanes below show how strongly each instrument is heard at each moment."
)
SEEK = "Position in the recording"
LANE_ALT = "{name}: {spans}"
LANE_NEVER = "not clearly at any time"
STRETCHES = "What sounds when"
STRETCH_NOTHING = "none of the ten"
PLAY = "Play"
COLUMN_TIME, COLUMN_INSTRUMENT, COLUMN_PROBABILITY, COLUMN_RELATIVE = (
    "Time",
    "Instrument",
    "Probability",
    "Share of top 3",
)
ALL_LABELS = "All probabilities"
DOWNLOAD = "Take it away"
DOWNLOAD_CSV, DOWNLOAD_JSON, DOWNLOAD_AUDACITY = "CSV", "JSON", "Audacity labels"
DOWNLOAD_RAVEN, DOWNLOAD_REAPER = "Raven selections", "Reaper regions"
COLUMN_SOUND = "Sound"
EXCERPTS = "Best excerpt (WAV)"
TAKING = "Preparing the download …"
PART_SELECTED = "Selected: {start} – {end}"
PART_KICKER = "From {start} to {end}"
PART_PLAY, PART_CUT, PART_CLEAR = "Play", "Download WAV", "Clear selection"
SENSITIVITY = "Sensitivity"
SENSITIVITIES = (("strict", "Strict"), ("calibrated", "Calibrated"), ("sensitive", "Sensitive"))
COPY_LINK = "Copy link to this example"
COPIED, NOT_COPIED = "Copied", "Could not copy"

# ---------------------------------------------------------------- from code
CODE = "The same from code"
CODE_TEXT = "Every answer on this page is an API call. For the clip above:"
CODE_COPY = "Copy"
CODE_MCP = "For an assistant that speaks MCP, the tool's address is"

# ---------------------------------------------------------------- live
LIVE_TITLE = "Live"
LIVE_TEXT = "Play, and watch. The sound is analysed in passing and never stored."
LIVE_START, LIVE_STOP = "Start listening", "Stop"
LIVE_IDLE, LIVE_NOTHING, LIVE_SILENT = "Not listening", "None of the ten", "Silence"
LIVE_WAITING = "Listening …"
LIVE_LEVEL = "Input level"
LIVE_BARS = "Probability of each instrument now"
LIVE_BUSY = "Answers come late at the moment: the connection is slow, or many are listening."
LIVE_FULL = "All places for listening live are taken at the moment. Try again in a minute, or upload a recording."
MICROPHONE_DENIED = (
    "The browser does not give this page the microphone. Click the icon beside the address, allow the "
    "microphone, and try again."
)
MICROPHONE_MISSING = "No microphone was found. Connect one, or upload a recording instead."
MICROPHONE_BUSY = "Another program holds the microphone. Close it there and try again."
MICROPHONE_INSECURE = (
    "Browsers give the microphone only to pages with https (or on localhost). Open this page that way."
)

# ---------------------------------------------------------------- several files
FILES_LABEL = "Recordings"
FILES_TEXT = "Drop up to {count} recordings. They are analysed one after the other; take the table away as CSV."
FILES_PROGRESS = "{done} of {total}"
FILES_TOO_MANY = "Only the first {count} of {total} files were analysed; bring the rest in a second go."
COLUMN_FILE, COLUMN_ALSO, COLUMN_LENGTH = "File", "Also heard", "Length"
NOTHING = "none of the ten"

# ---------------------------------------------------------------- feedback
FEEDBACK_QUESTION = "Was that right?"
FEEDBACK_RIGHT, FEEDBACK_WRONG = "Right", "Wrong"
FEEDBACK_REALLY = "What was it really?"
FEEDBACK_OTHER = "something else"
FEEDBACK_CONSENT = "Keep this clip and my answer to improve the model. Without this tick nothing is kept."
FEEDBACK_SEND = "Send"
FEEDBACK_THANKS = "Thank you. It is kept for training and for nothing else."
FEEDBACK_NEED_CONSENT = "Nothing was kept: tick the consent first."
FEEDBACK_NEED_ANSWER = "Say first whether it was right, and if not, what it was."
FEEDBACK_NEED_CLIP = "There is no clip to keep; recognise one first."
FEEDBACK_TOO_BIG = "This clip is too large to keep; nothing was kept."
FEEDBACK_FULL = "There is no more room for clips; nothing was kept."

# ---------------------------------------------------------------- accuracy
ACCURACY_LINK = "How often is that right?"
ACCURACY_OF = "In tests, {count} of 100 answers “{name}” were right"
ABOUT_MISSING = "The bundled model has no model card."

# ---------------------------------------------------------------- API
API_NO_FILE = 'No file was given; send one with handle_file("clip.mp3").'
API_PREDICT = (
    "Says which musical instrument plays in a recording (cello, clarinet, flute, acoustic guitar, electric "
    "guitar, organ, piano, saxophone, trumpet, violin), or that none of them does. Answers with an object: "
    "instrument (null if none is heard), confidence (its calibrated probability, 0 to 1), top (the three most "
    "probable of the ten), probabilities (of all, and of a singing voice), segments (what is heard when, in "
    "seconds), duration in seconds, model."
)
API_TIMELINE = (
    "Says when which instrument plays in a recording. Answers with an object: stretches (start and end in "
    "seconds, label or null, probability, also: the other labels heard), times (start and end of every 1.5 s), "
    "probabilities (of each label at each of those times), duration in seconds, model."
)
API_CUT = "Cuts a part out of a recording, from start to end in seconds, and answers with it as a WAV file."
API_EXCERPT = (
    "Finds where one instrument (such as cello) is heard best in a recording, and answers with these few seconds as a "
    "WAV file whose name tells the instrument and the second it begins at."
)
API_START, API_END = "Start in seconds", "End in seconds"
API_SENSITIVITY = "How sure the answer must be: strict, calibrated or sensitive"
API_INSTRUMENT = "Instrument, by its name in the answers of predict"
EXCERPT_UNKNOWN = "There is no such instrument; choose one of {names}."
EXCERPT_NOTHING = "No {name} is heard clearly enough in this recording to cut an excerpt."
API_FILE = (
    "An audio file (wav, flac, mp3, ogg, opus, m4a, aiff, webm), up to {mb} MB; the first {minutes} minutes are "
    "analysed."
)
API_NO_ADDRESS = (
    "This app does not fetch web addresses unless its host lists the allowed sites in FETCH_HOSTS; "
    "download the recording and upload the file."
)
FETCH_ADDRESS = "Only plain https addresses can be fetched, such as https://audio.example.org/clip.mp3."
FETCH_HOST = "This app fetches recordings only from the sites in its FETCH_HOSTS, and this is not one of them."
FETCH_PRIVATE = "{host} has no public address, so nothing is fetched from it; upload the file instead."
FETCH_STATUS = "{host} answered with status {status}; check the address."
FETCH_REDIRECTS = "The address leads from one redirect to the next; give the address of the file itself."
FETCH_TOO_BIG = "The file at this address is larger than {mb} MB; send a smaller one."
FETCH_LATE = "{host} took too long to send the file; try again, or upload it."
FETCH_FAILED = "{host} could not be reached, or did not send the whole file; check the address and try again."
API_NOT_UPLOADED = 'The file is not on this server (any more); upload it, for example with handle_file("clip.mp3").'
REQUEST_LATE = "The analysis was stopped after {seconds} seconds; send a shorter recording, or fewer at a time."
ENDING = "The app is being restarted; try again in a minute."
REQUEST_ABANDONED = "The connection was closed, so the analysis was stopped."

# ---------------------------------------------------------------- too much of something
BUSY = "Too many people are using this app at the moment; please try again in a minute."
UPLOAD_TOO_BIG = "The upload exceeds the maximum allowed size of {mb} MB a file; send a smaller file, such as an mp3."
UPLOAD_NO_ROOM = (
    "The server's room for uploads is full, the maximum allowed size is reached; try again in half an hour."
)
UPLOAD_FORM = "An upload is a form of files, each with its name; send it as curl -F 'files=@clip.mp3' does."
UPLOAD_LATE = "The request took too long to arrive; try again on a faster connection or with a smaller file."
MESSAGE_TOO_BIG = "The request is larger than {mb} MB; upload the recording as a file."
MESSAGE_TOO_MANY = "The request names too many things at once; send at most {files} files at a time."
MESSAGE_TOO_DEEP = "The request nests lists or objects too deeply; see the API's description for its form."
MESSAGE_NO_JSON = "The request is not JSON in UTF-8; send it with the header Content-Type: application/json."

# ---------------------------------------------------------------- requests that cannot be answered
NOT_FOUND = "There is nothing at this address."
METHOD_BAD = "This address answers to {methods} only."
ADDRESS_TOO_LONG = "The address is too long; shorten it."
NAME_BAD = (
    "A name of a session, an upload or an event is missing, or is not made of at most 64 letters, digits, hyphens and "
    "underscores."
)
CALL_NO_OBJECT = 'The request is not an object; send one such as {"data": [...]}.'
CALL_UNKNOWN = "There is no such function; see /gradio_api/info for those that can be called."
CALL_VALUES = 'This function takes a list of {count} values, or fewer if it says so, as "data"; see /gradio_api/info.'
CALL_PARAMETERS = "This function takes these parameters, some of which may be left out: {names}; see /gradio_api/info."
CALL_WRONG_VALUE = "A value is not of the kind that this function takes; see /gradio_api/info."
CALL_TOO_MANY = "This session has too many answers that it has not fetched; fetch them before you ask for more."
ANSWER_UNKNOWN = "No answer waits under this name: it has been fetched, was too old, or was never asked for."
FILE_REFUSED = "This file is not served: it is no upload of yours, or is not on this server any more."
RANGE_BAD = "The Range header names no bytes; send one such as Range: bytes=0-999."
RANGE_BEYOND = "The file has no such bytes; Content-Range says how long it is."
HOST_UNREADABLE = "The Host or X-Forwarded-Host header is no host name with or without a port; send the app's address."
HOST_UNKNOWN = (
    "The app is not known by the host name in this request; if it is yours, add it to the variable ALLOWED_HOSTS."
)
ORIGIN_FOREIGN = (
    "Pages of other sites may not use this app; if the page is yours, add its host name to the variable ALLOWED_HOSTS."
)
HTTP_BAD = "This is not HTTP; check what the client sends."
DISCONNECTED = "The connection was closed before the request was complete."


def trust(probability: float) -> str:
    """The word for a calibrated probability."""
    return next(word for least, word in TRUST if probability >= least)
