// The AWS services as data: what every codec, the client, the twin, the gateway and lint know of an API. Nothing in
// Setpoint is written per operation except what a simulated service does.
//
//   bytes of npm aws-sdk or botocore -> model_json.h -> ServiceModel -> model_file.h -> aws-models.bin -> ModelCatalog
//
//   TRY(const aws::OperationModel* op, catalog->operation("ec2", "RevokeSecurityGroupIngress"));
//   const aws::Member* permissions = op->input.shape->find("IpPermissions");
//
// Names. A service is called by its boto3 client name ("logs", "events", "s3control"), an operation by its PascalCase
// name, members exactly as the SDKs spell them.
//
// Ownership and threads. A ServiceModel owns its shapes and its strings (or shares the mapped file that holds them); it
// is immutable once built and read from many threads. Pointers between shapes stay valid as long as the ServiceModel
// lives; a ServiceModel of a ModelCatalog lives as long as the catalog.
//
// Traits follow the AWS service model format (botocore's documentation of `serialization`): what a reference does not
// say itself it inherits from the shape it refers to; a Member holds the effective value.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace setpoint::cloud::aws {

enum class Protocol : std::uint8_t { json, query, ec2, rest_json, rest_xml };
std::string_view to_string(Protocol protocol);

enum class ShapeType : std::uint8_t {
  structure,
  list,
  map,
  string,
  boolean,
  integer,  // integer and long
  real,     // float and double
  timestamp,
  blob,
};
std::string_view to_string(ShapeType type);

enum class Location : std::uint8_t { body, header, headers, uri, querystring, status_code };
enum class TimestampFormat : std::uint8_t { unspecified, iso8601, rfc822, unix_seconds };

struct Shape;

// A reference to a shape with the traits in effect there: a structure's member, a list's element, a map's key or value,
// an operation's input or output.
struct Member {
  enum Flag : std::uint32_t {
    required = 1u << 0,
    flattened = 1u << 1,
    xml_attribute = 1u << 2,
    idempotency_token = 1u << 3,
    streaming = 1u << 4,
    host_label = 1u << 5,
    json_value = 1u << 6,  // a header that carries base64 of JSON
    event_payload = 1u << 7,
    event_header = 1u << 8,
    sensitive = 1u << 9,
  };
  std::string_view name;           // "" where the place has no name (list element, input)
  std::string_view location_name;  // "" = as `name`
  std::string_view query_name;     // ec2, and SQS as older clients speak it
  std::string_view namespace_uri;
  std::string_view namespace_prefix;
  const Shape* shape = nullptr;   // null: an operation without input or output
  std::uint32_t shape_index = 0;  // 1 + its place in ServiceModel::shapes; 0 = none
  std::uint32_t flags = 0;
  Location location = Location::body;
  TimestampFormat timestamp_format = TimestampFormat::unspecified;

  bool is(Flag flag) const { return (flags & flag) != 0; }
  std::string_view wire_name() const { return location_name.empty() ? name : location_name; }
};

struct Shape {
  enum Flag : std::uint32_t {
    is_union = 1u << 0,
    document = 1u << 1,  // free JSON
    event_stream = 1u << 2,
    event = 1u << 3,
    exception = 1u << 4,
    sender_fault = 1u << 5,
  };
  std::string_view name;  // "" for the anonymous ones of aws-sdk
  ShapeType type = ShapeType::string;
  std::uint32_t flags = 0;
  std::vector<Member> members;  // structure: sorted by name; list: [element]; map: [key, value]
  std::string_view payload;     // structure: the member that is the body
  std::string_view error_code;  // exception: what stands on the wire; "" = name
  std::uint32_t error_status = 0;
  std::vector<std::string_view> values;     // of an enum, where the model tells
  std::vector<std::string_view> xml_order;  // members in the order that XML wants, where it matters

  bool is(Flag flag) const { return (flags & flag) != 0; }
  const Member* find(std::string_view member) const;          // of a structure, by exact name
  const Member* find_wire(std::string_view wire_name) const;  // in the body, by its name on the wire
  const Member& element() const { return members[0]; }
  const Member& key() const { return members[0]; }
  const Member& value() const { return members[1]; }
};

// What an operation without input takes.
const Shape& empty_structure();

enum class AuthType : std::uint8_t { sigv4, none, unsigned_body };

struct ServiceModel;

struct OperationModel {
  enum Flag : std::uint32_t {
    checksum_required = 1u << 0,  // Content-MD5 or a flexible checksum
    deprecated = 1u << 1,
    idempotent = 1u << 2,
  };
  std::string_view name;
  std::string_view http_method = "POST";
  std::string_view http_uri = "/";
  std::string_view result_wrapper;   // query: the element around the output
  std::string_view host_prefix;      // "{AccountId}."
  std::string_view checksum_member;  // the input member that names a flexible checksum algorithm
  std::uint32_t response_code = 0;   // 0 = 200
  std::uint32_t flags = 0;
  AuthType auth = AuthType::sigv4;
  Member input;
  Member output;
  std::vector<const Shape*> errors;  // where the model tells (botocore's form)
  std::vector<std::uint32_t> error_indices;
  const ServiceModel* service = nullptr;

  bool is(Flag flag) const { return (flags & flag) != 0; }
  // The input member that takes an idempotency token, or nullptr.
  const Member* idempotency_member() const;
};

struct Paginator {
  std::string_view operation;
  std::vector<std::string_view> input_tokens;
  std::vector<std::string_view> output_tokens;  // JMESPath
  std::vector<std::string_view> result_keys;
  std::string_view more_results;
  std::string_view limit_key;
};

struct WaiterAcceptor {
  std::string_view matcher;   // path, pathAll, pathAny, status, error
  std::string_view argument;  // JMESPath
  std::string_view expected;  // JSON text
  std::string_view state;     // success, failure, retry
};

struct Waiter {
  std::string_view name;
  std::string_view operation;
  std::uint32_t delay_seconds = 0;
  std::uint32_t attempts_max = 0;
  std::vector<WaiterAcceptor> acceptors;
};

// What is known of a service without loading it: enough to route a request to it.
struct ServiceMetadata {
  std::string_view name;  // boto3 client name
  std::string_view service_id;
  std::string_view full_name;
  std::string_view endpoint_prefix;
  std::string_view signing_name;   // never ""; the endpoint prefix where the model has none
  std::string_view target_prefix;  // json: "AmazonSSM"
  std::string_view json_version;   // "1.1"
  std::string_view api_version;    // "2016-11-15"
  std::string_view xml_namespace;
  std::string_view global_endpoint;
  std::string_view signature_version;
  Protocol protocol = Protocol::json;
  bool query_compatible = false;  // json that older clients speak as query (SQS)
};

struct ServiceModel : ServiceMetadata {
  std::vector<Shape> shapes;
  std::vector<OperationModel> operations;  // sorted by name
  std::vector<Paginator> paginators;       // sorted by operation
  std::vector<Waiter> waiters;             // sorted by name

  const OperationModel* find(std::string_view operation) const;
  const Paginator* paginator(std::string_view operation) const;
  const Waiter* waiter(std::string_view waiter_name) const;

  // Building only. Strings live in `pool` or in `file`.
  std::string_view keep(std::string_view text);
  void link();  // resolves indices to pointers and sorts; called once after filling
  std::deque<std::string> pool;
  std::shared_ptr<const void> file;

  ServiceModel() = default;
  ServiceModel(const ServiceModel&) = delete;
  ServiceModel& operator=(const ServiceModel&) = delete;
};

}  // namespace setpoint::cloud::aws
