/** Affine scaling of one feature: model input = (value - offset) / scale. */
export interface FeatureScaling {
  readonly offset: number;
  readonly scale: number;
}
