// One written resource -> one configuration item, by the table.
#pragma once

#include "blueprint/source.h"
#include "blueprint/table.h"

namespace setpoint::blueprint {

// By the attachment's name: what is attached to the resource.
using Attached = std::map<std::string, std::vector<const Written*>>;

class Translation {
 public:
  Translation(Language language, const Options& options) : language_(language), options_(options) {}
  Declared translate(const Written& written, const TypeMapping& type, const Attached& attached);

 private:
  // A node, and where it was written.
  struct Found {
    const base::Node* node = nullptr;
    std::string property;
  };

  void put(const Property& property, const std::string& pointer, base::Json& into, const std::vector<Found>& roots,
           const Attached& attached);
  std::vector<Found> find(const Property& property, const std::vector<Found>& roots, const Attached& attached) const;
  bool filled_by_others(const Property& property, const Found& found) const;
  static std::optional<Found> walk(Found from, const std::vector<std::string>& keys);

  std::optional<base::Json> converted(const Property& property, const std::vector<Found>& found,
                                      const std::string& pointer);
  base::Json listed(const Property& property, const std::vector<Found>& found, const std::string& pointer);
  base::Json element(const Property& property, const Found& found, const std::string& pointer);
  base::Json of_fields(const std::vector<Property>& fields, const Found& found, const std::string& pointer);
  base::Json shaped(const Property& property, const Found& found, const std::string& pointer);
  base::Json tree(const base::Node& node, const std::string& pointer, const std::string& property, Shape shape);
  base::Json json_text(const Found& found, const std::string& pointer);
  base::Json paired(const Property& property, const Found& root, const std::string& pointer);
  base::Json permission(const Found& found, const std::string& pointer);
  base::Json ranges(const Found& found, std::initializer_list<const char*> keys, const char* name,
                    const std::string& pointer);
  base::Json statement(const Found& found, const std::string& pointer);
  base::Json identity(const Written& written, const TypeMapping& type) const;
  void record(const std::string& pointer, const base::Node& node, const std::string& property);

  Language language_;
  const Options& options_;
  std::map<std::string, Place> places_;
};

}  // namespace setpoint::blueprint
