"""The words that an API's error message may consist of in order to be shown. Data only.

Words common in error messages, and the API's names of fields, types and states. No single letters,
number words or other alphabet that could spell something.
"""

from __future__ import annotations

from dcsync.model import DEVICE_TYPES, EVENT_TYPES

_ENGLISH = """
a able aborted about above absent absolute accept accepted accepting access accessible account
accounts acknowledged action actions active add added adding additional address addresses
administrator administrators after again against all allow allowed allowlist allows already also
always an and another any anymore api applied apply are aren't argument arguments array as ask
assertion at attempt attempts attribute attributes audience authenticate authenticated
authentication authorization authorize authorized available away back backend bad base basic batch
be bearer because been before beginning being below between billing blank blocked body boolean
both bounds broker busy but by call called caller calls can can't cancelled cannot case cause
certificate challenge change changed changes changing channel character characters charset check
claim claims client clients clock close closed closing cloud code command complete concurrent
concurrently condition conditions config configuration configurations configured conflict
conflicting conflicts connect connected connection connections connector connectors constraint
contact contain contained containing contains content context continue control correct correlation
could couldn't create created creating creation credential credentials current currently custom
data database date day days deadline deadlock decode decoding default define defined delete
deleted deleting denied deprecated desc deserialize destination detail details device devices dial
did differ different digit digits dimension disabled disconnect discovery display do document
documentation documented does doesn't doing domain don't down due duplicate duplicated duplicates
duration during each either element elements email empty emulated emulator enable enabled encode
encoded encoding end ended endpoint endpoints ends enough entity entries entry enum eof error
errors even event events every exactly exceed exceeded exceeds exception exhausted exist existing
exists expected expiration expire expired expires expiry extra fail failed failing failure
failures false feature few field fields filter filters find first fit fits float following for
forbidden foreign form format found from full future gateway get give given gives go gone grant
greater group had handle handshake hang has hasn't have header headers healthy held help here
history hold holds host hostname hour hours how however id identifier identity idle ids if illegal
implemented in inactive include included includes incomplete incorrect information input instead
insufficient integer interface internal interval into invalid inventory invite is isn't issue
issued issuer issues it item items its itself json just keep kept key keys kind known label labels
lacks large larger last later leading least leave length less letters license lifetime limit
limited limits lines list listing lists live load local location locked long longer looking lookup
loopback lower made maintenance make malformed mandatory many map marshal mask match matches
matching max maximum may media member members membership message metadata method methods metrics
mime min minimum minute minutes mismatch missing mode modified modify more most moved much must
name named names near need needed needs negative neither nested never new newer next no non none
nor not nothing now null number numbers object objects occurred of off offline old older on once
one online only open opened operation operations operator option optional options or order
organization organizations other others out outside over overloaded own owner page pages paid pair
panic parameter parameters parent parse parsed parsing part partial past patch path payload peer
per period permanently permission permissions permitted ping plan please point policy port
positive possible precondition prefix present preview previous primary private problem problems
process processed processing prohibited project projects properties property protocol provide
provided provider public publish publishing push put query queue quota range rate reach reached
read reading reason received recent recovered redirect reference referenced refused region
register registered reject rejected related relative remaining remove removed removing replace
replaced request requested requester requests require required requirement requirements requires
reserved reset resolve resource resources response restart restricted result results retried retry
return returned role roles route rpc rule rules same schema scheme scope scopes second seconds
secret secrets secure see send sensor sensors sent server service services session set setting
settings several shard should sign signature signed since single size slash slow small smaller so
some something soon sort source space spaces special ssl start started starting starts state
status still stored stream streaming streams string strings struct subject submitted subscription
succeeded success successful such suffix support supported sync system tag target tcp temporarily
temporary tenant text texts than that the their them then there these they this those throttled
through time timed timeout timestamp tls to together token tokens too topic trailing transaction
transfer transferred transient trial true try trying two type types unable unauthenticated
unauthorized unavailable unchanged undefined under unexpected unhandled unhealthy unique unknown
unmarshal unprocessable unreachable unreadable unrecognized unsupported until unused unverified up
update updated updates updating upper upstream url urls usable use used user users using utf-8
valid validate validation value values verification verified verify version violates violation was
wasn't way we web well were what when where whether which while whitelist whitespace whose will
with within without won't word words workload would write writing wrong yet you your zone
"""

_NAMES = """
= - short shorter shortest disconnect/reset
AWS API Azure Basic Cloud Connector Connectors DELETE DT Data Device Devices Event GET Google HTTP
HTTPS Hub ID IDs IP JSON JWT OAuth OAuth2 PATCH POST PUT Project Projects Pub/Sub RFC REST SQS
Sensor Service TLS SSL UTC URI URL URLs UTF-8 ACTIVE USER_DISABLED SYSTEM_DISABLED HTTP_PUSH
AZURE_SERVICE_BUS AZURE_EVENT_HUB GOOGLE_CLOUD_PUBSUB AWS_SQS ABORTED ALREADY_EXISTS CANCELLED
DATA_LOSS DEADLINE_EXCEEDED FAILED_PRECONDITION INTERNAL INTERNAL_ERROR INVALID_ARGUMENT NOT_FOUND
OUT_OF_RANGE PERMISSION_DENIED RESOURCE_EXHAUSTED UNAUTHENTICATED UNAVAILABLE UNIMPLEMENTED
UNKNOWN invalid_request invalid_client invalid_grant invalid_scope invalid_token
insufficient_scope unauthorized_client unsupported_grant_type access_denied server_error
temporarily_unavailable jwt-bearer aud exp iat iss kid sub alg HS256 grant_type access_token
token_type expires_in client_id name displayName display_name type status events labels config url
headers httpConfig httpConfig.url httpConfig.signatureSecret httpConfig.headers signatureSecret
signature_secret azureServiceBusConfig azureEventHubConfig pubsubConfig awsSqsConfig queueUrl
awsRoleArn authenticationConfig tenantId clientId brokerProperties correlationId topic audience
update_mask updateMask addLabels removeLabels dataConnectors dataconnectors organization
organizations page_size pageSize page_token pageToken start_time startTime end_time endTime
event_types eventTypes device_ids device_types deviceTypes label_filters ping_interval order_by
productNumber targetName eventId eventType nextPageToken project.user project.developer
project.admin organization.admin roles/project.user roles/project.developer roles/project.admin
roles/organization.admin dataconnector.read dataconnector.create dataconnector.update
dataconnector.delete device.read device.update sensor.read project.read project.update
organization.read emulator.read emulator.update non-empty read-only case-sensitive rate-limited
re-read multi-part key/value https:// http:// sb:// https http sb NotFound InvalidArgument
PermissionDenied AlreadyExists EOF RPC updateTime signalStrength cloudConnectors createTime
"""

WORDS = frozenset((*_ENGLISH.split(), *_NAMES.split(), *EVENT_TYPES, *DEVICE_TYPES))

_LIMITS = """
120 127 128 180 200 240 250 255 256 300 360 400 401 403 404 408 409 429 500 501 502 503 504 511
512 600 900 1000 1023 1024 1440 1800 2000 2048 3339 3600 4095 4096 5000 7200 8192 10000 16384 32768
65535 65536
"""
"""Other numbers could spell something: a secret's digits, or the codes of its letters."""

NUMBERS = frozenset((*map(str, range(101)), *_LIMITS.split()))
