// Features shaped like those of the CityLots data set that Event Ruler's and Quamina's own benchmarks use: GeoJSON
// polygons of about 860 bytes, and one set of patterns for each family of operators. Invented lots, streets and
// coordinates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace setpoint::bench {

struct Family {
  const char* name;
  std::vector<std::string> patterns;
};

std::vector<std::string> city_features(std::size_t count, std::uint64_t seed);
std::vector<Family> city_families();

}  // namespace setpoint::bench
