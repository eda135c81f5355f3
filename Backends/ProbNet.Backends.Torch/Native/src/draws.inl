// Rejection samplers over Philox, in double precision, one element by itself. The same text serves the C++ compiler and NVRTC, after kernel.inl.

PN_DEVICE Words attempt_words(i64 seed, i64 step, i64 draw, u32 stream, u32 element, u32 attempt) { return philox(element, seed, step, draw, stream, attempt); }
PN_DEVICE double half_word(u32 word) { return ((double)word + 0.5) * (1.0 / 4294967296.0); }
PN_DEVICE double not_a_number() { return f64_of(0x7ff8000000000000ull); }
PN_DEVICE bool is_beyond(double x) { return !(x <= 1.7976931348623157e308); }

/// A Gamma(shape, 1) draw by Marsaglia and Tsang (ACM TOMS 26, 2000), never below `smallest`; below shape 1 that for shape + 1 times U^(1 / shape).
PN_DEVICE double draw_gamma(i64 seed, i64 step, i64 draw, u32 stream, u32 element, double shape, double smallest) {
  if (!(shape > 0) || is_beyond(shape)) return not_a_number();
  const double boosted = shape < 1 ? shape + 1 : shape, d = boosted - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (u32 attempt = 1;; attempt++) {
    const Words x = attempt_words(seed, step, draw, stream, element, attempt);
    double z, unused;
    box_muller(uniform64(x.w[0], x.w[1]), half_word(x.w[2]), z, unused);
    const double root = 1 + c * z;
    if (root <= 0) continue;
    const double cube = root * root * root;
    if (log(half_word(x.w[3])) >= 0.5 * z * z + d * (1 - cube + log(cube))) continue;
    double value = d * cube;
    if (shape < 1) {
      const Words boost = attempt_words(seed, step, draw, stream, element, 0u);
      value = exp(log(value) + log(uniform64(boost.w[0], boost.w[1])) / shape);
    }
    return value < smallest ? smallest : value;
  }
}

/// Below rate 10 by inversion, from there by the transformed rejection PTRS (Hoermann, Insurance: Mathematics and Economics 12, 1993).
PN_DEVICE double draw_poisson(i64 seed, i64 step, i64 draw, u32 stream, u32 element, double rate) {
  if (rate == 0) return 0;
  if (!(rate > 0) || is_beyond(rate)) return not_a_number();
  if (rate < 10) {
    const Words x = attempt_words(seed, step, draw, stream, element, 0u);
    const double u = uniform64(x.w[0], x.w[1]);
    double probability = exp(-rate), cumulative = probability;
    for (double k = 0;; k++) {
      if (u <= cumulative) return k;
      probability *= rate / (k + 1);
      if (cumulative + probability == cumulative && k > rate) return k;
      cumulative += probability;
    }
  }
  const double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b, inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), squeeze = 0.9277 - 3.6224 / (b - 2), log_rate = log(rate);
  for (u32 attempt = 0;; attempt++) {
    const Words x = attempt_words(seed, step, draw, stream, element, attempt);
    const double u = uniform64(x.w[0], x.w[1]) - 0.5, v = uniform64(x.w[2], x.w[3]), us = 0.5 - fabs(u);
    const double k = floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_rate - rate - lgamma(k + 1)) return k;
  }
}

/// Below trials p = 10 by inversion, from there by the transformed rejection BTRS (Hoermann, J. Statistical Computation and Simulation 46, 1993), with p at most 1/2.
PN_DEVICE double draw_binomial(i64 seed, i64 step, i64 draw, u32 stream, u32 element, double trials, double probability) {
  if (!(trials >= 0) || is_beyond(trials) || trials != floor(trials) || !(probability >= 0 && probability <= 1)) return not_a_number();
  const double p = probability < 1 - probability ? probability : 1 - probability;
  double rare = 0;
  if (trials == 0 || p == 0) {
    rare = 0;
  } else if (trials * p < 10) {
    const Words x = attempt_words(seed, step, draw, stream, element, 0u);
    const double u = uniform64(x.w[0], x.w[1]), odds = p / (1 - p);
    double mass = exp(trials * log1p(-p)), cumulative = mass;
    for (;; rare++) {
      if (u <= cumulative || rare == trials) break;
      mass *= (trials - rare) / (rare + 1) * odds;
      if (cumulative + mass == cumulative && rare > trials * p) break;
      cumulative += mass;
    }
  } else {
    const double deviation = sqrt(trials * p * (1 - p)), b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double alpha = (2.83 + 5.1 / b) * deviation, squeeze = 0.92 - 4.2 / b, log_odds = log(p / (1 - p)), mode = floor((trials + 1) * p);
    const double at_mode = lgamma(mode + 1) + lgamma(trials - mode + 1);
    for (u32 attempt = 0;; attempt++) {
      const Words x = attempt_words(seed, step, draw, stream, element, attempt);
      const double u = uniform64(x.w[0], x.w[1]) - 0.5, v = uniform64(x.w[2], x.w[3]), us = 0.5 - fabs(u);
      rare = floor((2 * a / us + b) * u + trials * p + 0.5);
      if (us >= 0.07 && v <= squeeze) break;
      if (rare < 0 || rare > trials) continue;
      const double ratio = at_mode - lgamma(rare + 1) - lgamma(trials - rare + 1) + (rare - mode) * log_odds;
      if (log(v * alpha / (a / (us * us) + b)) <= ratio) break;
    }
  }
  return probability <= 0.5 ? rare : trials - rare;
}

/// Element i of a draw: 0 gamma, 1 Poisson, 2 binomial.
template <typename T>
PN_DEVICE T draw_element(int kind, i64 seed, i64 step, const i64* draws, u32 stream, i64 event, const T* a, const T* b, double smallest, i64 i) {
  const i64 draw = draws[i / event];
  const u32 element = (u32)(i % event);
  if (kind == 0) return (T)draw_gamma(seed, step, draw, stream, element, (double)a[i], smallest);
  if (kind == 1) return (T)draw_poisson(seed, step, draw, stream, element, (double)a[i]);
  return (T)draw_binomial(seed, step, draw, stream, element, (double)a[i], (double)b[i]);
}
