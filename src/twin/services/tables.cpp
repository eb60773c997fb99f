#include "twin/services/tables.h"

namespace setpoint::twin::services {

std::vector<Table> tables() { return {ec2_security_group_operations, ec2_tag_operations}; }

}  // namespace setpoint::twin::services
