#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/data/column.h"
#include "runtime/files/result.h"

namespace dlc {

/// Without a rule an empty cell is an error: it says where the first one stands, and what may be written.
Result<void> refuse_missing(const Column& column, std::span<const std::string> files);

/// `missing E`: every empty cell gets the value. An integer column becomes f32 if the value is no integer.
void fill_missing(Column& column, double value);
void fill_missing(Column& column, const std::string& value);

/// `missing mean`: the mean of the cells that are not empty, of the training part; none if all are empty.
std::optional<double> mean_of_present(const Column& column);

/// `missing drop`: the examples for which no column has an empty cell, ascending.
std::vector<std::int64_t> complete_examples(std::span<const Column* const> columns, std::int64_t count);

}  // namespace dlc
