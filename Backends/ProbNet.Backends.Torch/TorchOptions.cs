namespace ProbNet.Backends.Torch;

/// <summary>What matrix products and convolutions of single precision are computed in.</summary>
public enum TorchCompute
{
    /// <summary>Single precision throughout.</summary>
    F32,
    /// <summary>Operands of products with 11 bits of significand, sums in single precision; on CUDA devices that have it, elsewhere single precision.</summary>
    TF32,
    /// <summary>Operands and results of products with 8 bits of significand, sums in single precision.</summary>
    BF16,
}

/// <summary>How the libtorch backend computes.</summary>
/// <param name="Compute">What products of single precision are computed in.</param>
/// <param name="Captures">Whether, on a CUDA device, a step is captured once it is warm, and replayed from then on.</param>
public sealed record TorchOptions(TorchCompute Compute = TorchCompute.F32, bool Captures = true);
