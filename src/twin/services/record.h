// One kind of documents, as its API names it: finding, making, keeping and deleting one are the same in every service,
// only the words differ. With describe.h and arns.h most operations of a service become rows.
//
//   constexpr Kind kChannel{.type = "AWS::Config::DeliveryChannel", .id = "name", .parameter = "DeliveryChannelName",
//                           .missing = "NoSuchDeliveryChannelException"};
//   Answer channel = find_named(request, kChannel);         // or the service's own error
//   {"config", "DeleteDeliveryChannel", Effect::write, remove<kChannel>},
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "twin/service.h"

namespace setpoint::twin::services {

struct Kind {
  const char* type;
  const char* id;                   // the member of the document that is its id
  const char* parameter = nullptr;  // of a request that names one; nullptr = the same word
  const char* missing = "ResourceNotFoundException";
  const char* message = "{} does not exist";  // {} = as the request named it
  int missing_status = 400;
  const char* exists = "ResourceAlreadyExistsException";
  const char* exists_message = "{} already exists";
  int exists_status = 400;
  bool global = false;
};

AwsError missing(const Kind& kind, const std::string& name);
Answer find_one(Request& request, const Kind& kind, const std::string& id);
Answer find_named(Request& request, const Kind& kind);
std::vector<Json> all_of(Request& request, const Kind& kind);

// A new document of these members, completed by the defaults of its type; it is kept, and answered.
Answer make(Request& request, const Kind& kind, Json members);
void keep(Request& request, const Kind& kind, Json document);
void drop(Request& request, const Kind& kind, const Json& document);

Answer remove_named(Request& request, const Kind& kind);
template <const Kind& kKind>
Answer remove(Request& request) {
  return remove_named(request, kKind);
}

// The document that the request names, changed and kept; answered as it is then.
using Change = std::function<Check(Json& document)>;
Answer change_named(Request& request, const Kind& kind, const Change& change);

}  // namespace setpoint::twin::services
