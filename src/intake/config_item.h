// AWS Config configuration items and the messages around them.
#pragma once

#include <string>

#include "intake/batch.h"

namespace setpoint::intake {

// One configuration item in any of AWS Config's spellings -> Resource. The result's item has one spelling: accountId,
// arn, version, relationshipName, configuration as an object, times as ISO 8601. Errors: no resourceType, resourceId,
// account or region; a time or a configuration that does not read.
//
// A deleted item is Knowledge::deleted. One that AWS Config does not record, or only summarises because it is too large
// for a notification, is Knowledge::unknown with the reason.
base::Result<model::Resource> resource_from_config_item(base::Json item);

// Is it a message of AWS Config (messageType, configurationItem, configurationItemSummary)?
bool is_config_message(const base::Json& value);
// The resources and findings of a message, without its Event.
void take_config_message(const base::Json& message, const std::string& where, Batch& out);
// The message as the EventBridge event that AWS Config would have sent.
model::Event event_from_config_message(const base::Json& message);

}  // namespace setpoint::intake
