// Inside of the codecs: one reader and one writer per form of body, used for requests and responses alike. Not for
// other folders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cloud/aws/service_model.h"
#include "cloud/aws/uri.h"
#include "cloud/aws/xml.h"
#include "cloud/http.h"

#include <nlohmann/json.hpp>

namespace setpoint::cloud::aws {

// Where a codec is in the value, and what it met there: the first failure and all warnings.
class Walk {
 public:
  explicit Walk(std::vector<std::string>* warnings = nullptr) : warnings_(warnings) { path_.reserve(kDepthExpected); }

  // Names a member or an element for as long as it lives; deeper than kValueDepthMax it fails the walk.
  class Step {
   public:
    Step(Walk& walk, std::string_view name, std::size_t index = 0);
    ~Step() { walk_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Walk& walk_;
  };

  void fail(std::string what);
  void warn(std::string what);
  bool ok() const { return !failed_; }
  bool at_root() const { return path_.empty(); }
  base::Error error() const { return error_; }
  std::string place() const;  // "IpPermissions[0].FromPort"

 private:
  static constexpr std::size_t kDepthExpected = 16;
  struct Place {
    std::string_view name;
    std::size_t index;
  };
  std::vector<Place> path_;
  std::vector<std::string>* warnings_;
  bool failed_ = false;
  base::Error error_;
};

// Scalars.
std::string scalar_text(const Member& member, const base::Json& value, TimestampFormat fallback, Walk& walk);
base::Json scalar_from_text(const Member& member, std::string_view text, Walk& walk);
std::string time_for_json(base::Timestamp time);  // the form that leaves Setpoint's decoders
TimestampFormat format_of(const Member& member, TimestampFormat fallback);
inline bool is_scalar(ShapeType type) { return type > ShapeType::map; }

// JSON bodies. `out` grows; the text is botocore's: ", ", ": ", ASCII.
void write_json(std::string& out, const Member& member, const base::Json& value, Walk& walk);
void write_json_text(std::string& out, const base::Json& value);
base::Json read_json(const Member& member, const base::Json& value, Walk& walk);

// XML. `flattened_by_element`: a flattened list is named by its element where that has a name (query responses), not by
// the member.
struct XmlStyle {
  bool flattened_by_element = false;
  bool query_names = false;  // SQS answering an older client
};
void write_xml(XmlWriter& out, std::string_view name, const Member& member, const base::Json& value, XmlStyle style,
               Walk& walk);
// The members of a structure, without an element around them.
void write_xml_members(XmlWriter& out, const Shape& shape, const base::Json& value, XmlStyle style, Walk& walk);
base::Json read_xml(const XmlDocument& document, const XmlNode& node, const Member& member, Walk& walk);
base::Json read_xml_members(const XmlDocument& document, const XmlNode& node, const Shape& shape, Walk& walk);

// Query bodies (query and ec2).
void write_query(std::string& out, const Shape& shape, const base::Json& value, bool ec2, Walk& walk);
base::Json read_query(const QueryParameters& parameters, const Shape& shape, bool ec2, Walk& walk);

// REST: everything that is not the body.
struct RestParts {
  std::string path;
  std::string query;
  Headers headers;
  base::Json body = base::Json::object();  // members that are in the body
};
RestParts write_rest(const OperationModel& operation, const base::Json& parameters, Walk& walk);
std::string expand_host_prefix(const OperationModel& operation, const base::Json& parameters, Walk& walk);
std::string header_text(const Member& member, const base::Json& value, Walk& walk);
void write_header_members(Headers& headers, const Shape& shape, const base::Json& value, Walk& walk);
void read_header_members(base::Json& into, const Shape& shape, const Headers& headers, Walk& walk);

// How well a request fits an operation's URI; nullopt where it does not. More is better.
struct UriMatch {
  int score = 0;
  std::vector<std::pair<std::string, std::string>> labels;
};
std::optional<UriMatch> match_uri(const OperationModel& operation, const HttpRequest& request,
                                  const QueryParameters& query);

}  // namespace setpoint::cloud::aws
