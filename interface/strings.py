"""Every English text of the page. Another language is another module with these names.

Texts with `{...}` are filled in by `str.format`; none of them holds HTML.
"""

TITLE = "Which instrument is playing?"
SUBTITLE = (
    "Upload a recording or use the microphone to find out which instruments are playing, when, and how certain the "
    "answer is."
)
TAB_RECORDING = "Recording"
TAB_LIVE = "Live"
TAB_FILES = "Several files"
TAB_ABOUT = "Accuracy"

# ---------------------------------------------------------------- a recording
CLIP_LABEL = "Your recording"
CLIP_HINT = "WAV, FLAC, MP3, Ogg, Opus, M4A, AIFF or WebM, up to {mb} MB. Uploads are deleted within {keep} minutes."
EXAMPLES = "Or try an example"
EXAMPLE_ENSEMBLE = "Trio"
RECOGNISE = "Recognise"

EMPTY_HEADLINE = "What shall we listen to?"
EMPTY_TEXT = "This page recognises {names}."
EMPTY_TEXT_VOICE = "This page recognises {names}, and tells you when somebody is singing."
EMPTY_MORE, AND = "{count} more", " and "

KICKER_FOUND = "This sounds like"
KICKER_NOTHING = "No match"
KICKER_ERROR = "That did not work"
ALSO = "Also heard"
ALSO_PARTLY = "at times"
BARS = "Most likely instruments"
CLOSEST = "Closest matches, none of them close enough"
COMPARE = "Compare by ear with the examples"
NONE_HEADLINE = "No known instrument"
NONE_TEXT = (
    "Nothing in this recording resembles the instruments that this page recognises closely enough. That is the right "
    "answer for speech, drums, noise and other instruments."
)
VOICE_HEADLINE = "Singing"
VOICE_TEXT = "There is a singing voice, and no instrument is clear enough beside it to be named."
NOTICED_TEXT = "{name} is heard, and no instrument is clear enough beside it to be named."
SILENT_HEADLINE = "Silence"
SILENT_TEXT = "There is no sound in this recording. Check the microphone, or whether the right track was exported."
ERROR_HEADLINE = "No answer"
LISTENING = "Listening"
FAULT = "Something went wrong on our side; please try again, or try another file."
ANSWERED_BY = "Answered by {source}, revision {revision}"
BUNDLED = "the bundled model"

# From which calibrated probability which word.
TRUST = ((0.9, "almost certain"), (0.65, "likely"), (0.0, "a guess"))

REMARK_TRUNCATED = "Only the first {minutes} minutes were analysed; the recording is longer."
REMARK_SHORT = "Only {seconds:.1f} s of sound: two seconds or more would give a more reliable answer."
REMARK_QUIET = "Very quiet (peak {peak:.0f} dBFS): record closer or louder for a more reliable answer."
REMARK_CLIPPED = "The recording is clipped (overdriven), which makes instruments sound alike."
REMARK_NOISY = "The recording is noisy, so treat the answer with caution."

# ---------------------------------------------------------------- over time
OVER_TIME = "Over time"
OVER_TIME_HINT = "Click to play from there. Drag, or hold Shift and press the arrow keys, to select a part."
SPECTROGRAM_ALT = (
    "Mel spectrogram of {seconds:.1f} seconds, 0 to {top:.0f} kHz: the darker, the louder. "
    "The lanes below show how strongly each instrument is heard at each moment."
)
SEEK = "Position in the recording"
LANE_ALT = "{name}: {spans}"
LANE_NEVER = "never clearly"
STRETCHES = "What plays when"
STRETCH_NOTHING = "no known instrument"
PLAY = "Play"
COLUMN_TIME, COLUMN_INSTRUMENT, COLUMN_PROBABILITY, COLUMN_RELATIVE = (
    "Time",
    "Instrument",
    "Probability",
    "Share of top 3",
)
ALL_LABELS = "All probabilities"
DOWNLOAD = "Download"
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
SENSITIVITY_MEASURED = "In tests, {precision} % of what it named was right, and it named {recall} % of what played."
COPY_LINK = "Copy link to this example"
COPIED, NOT_COPIED = "Copied", "Could not copy"

# ---------------------------------------------------------------- from code
CODE = "Use it from code"
CODE_TEXT = "Every answer on this page is an API call. For the clip above:"
CODE_COPY = "Copy"
CODE_MCP = "Assistants that support MCP can use this address:"

# ---------------------------------------------------------------- live
LIVE_TITLE = "Live"
LIVE_TEXT = "Play and watch the bars. The sound is analysed as it arrives and is never stored."
LIVE_START, LIVE_STOP = "Start listening", "Stop"
LIVE_IDLE, LIVE_NOTHING, LIVE_SILENT = "Not listening", "No known instrument", "Silence"
LIVE_WAITING = "Listening …"
LIVE_LEVEL = "Input level"
LIVE_BARS = "Probability of each instrument now"
LIVE_STRIP, LIVE_DEVICE = "The last 30 seconds", "Microphone"
LIVE_BUSY = "Answers are delayed: the connection is slow, or many people are using Live right now."
LIVE_FULL = "All live slots are taken at the moment. Try again in a minute, or upload a recording."
MICROPHONE_DENIED = (
    "The browser did not allow this page to use the microphone. Click the icon beside the address, allow the "
    "microphone, and try again."
)
MICROPHONE_MISSING = "No microphone was found. Connect one, or upload a recording instead."
MICROPHONE_BUSY = "Another program is using the microphone. Close that program and try again."
MICROPHONE_GONE = "The chosen microphone is not connected any more. Start again to use another one."
MICROPHONE_ENDED = "The microphone was disconnected, so listening has ended. Connect it and start again."
MICROPHONE_NO_OUTPUT = (
    "This browser cannot listen without a sound output. Connect loudspeakers or headphones, or upload a recording."
)
MICROPHONE_FAILED = "The browser could not open the microphone. Reload the page, or upload a recording instead."
MICROPHONE_INSECURE = "Browsers allow the microphone only on https pages (or on localhost). Open this page with https."

# ---------------------------------------------------------------- several files
FILES_LABEL = "Recordings"
FILES_CHOOSE, FILES_FOLDER, FILES_DROP = "Choose recordings", "Choose a folder", "or drop them here"
FILES_TEXT = (
    "They are analysed one after another, {count} in one go. Open a row to see when what plays; download the table as "
    "CSV."
)
FILES_PROGRESS = "{done} of {total}"
FILES_CANCEL = "Cancel"
FILES_NEXT, FILES_AGAIN = "Analyse the next {count}", "Go on"
FILES_LOST = "The connection was lost. What has been analysed is kept; go on when you are connected again."
FILES_OPENING = "Opening …"
FILES_FILTER, FILES_ALL = "Show", "all recordings"
DOWNLOAD_STRETCHES = "CSV of stretches"
COLUMN_FILE, COLUMN_ALSO, COLUMN_LENGTH = "File", "Also heard", "Length"
NOTHING = "no known instrument"

# ---------------------------------------------------------------- feedback
FEEDBACK_QUESTION = "Was that right?"
FEEDBACK_RIGHT, FEEDBACK_WRONG = "Right", "Wrong"
FEEDBACK_REALLY = "What was it?"
FEEDBACK_OTHER = "something else"
FEEDBACK_CONSENT = "Keep this clip and my answer to improve the model. Nothing is stored unless you tick this box."
FEEDBACK_SEND = "Send"
FEEDBACK_THANKS = "Thank you. Your clip will be used for training and for nothing else."
FEEDBACK_NEED_CONSENT = "Nothing was stored: please tick the box first."
FEEDBACK_NEED_ANSWER = "Please say whether the answer was right, and if not, what it was."
FEEDBACK_NEED_CLIP = "There is no clip to store; analyse one first."
FEEDBACK_TOO_BIG = "This clip is too large to store, so nothing was stored."
FEEDBACK_FULL = "There is no more room for clips, so nothing was stored."
FEEDBACK_GONE = "Your recording has been deleted from the server; please upload it again."

# ---------------------------------------------------------------- accuracy
ACCURACY_LINK = "How often is that right?"
ACCURACY_OF = "In tests, {count} of 100 answers “{name}” were right"
ABOUT_MISSING = "This model has no model card."

# ---------------------------------------------------------------- API
API_NO_FILE = 'No file was given; send one with handle_file("clip.mp3").'
API_PREDICT = (
    "Recognises which musical instrument is playing in a recording ({names}), or reports that none of them is. "
    "Returns an object: instrument (null if none is heard), confidence (its calibrated probability, 0 to 1), top (the "
    "three most likely instruments), probabilities (of every label), detected (all that is heard), segments (what is "
    "heard when, in seconds), duration (in seconds), remarks and model."
)
API_UNSETTLED = "those that its model knows"
API_TIMELINE = (
    "Reports which instrument plays when in a recording. Returns an object: stretches (start and end in seconds, label "
    "or null, probability, also: what else is heard), times (start and end of each segment), probabilities (of every "
    "label in each segment), duration (in seconds) and model."
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
