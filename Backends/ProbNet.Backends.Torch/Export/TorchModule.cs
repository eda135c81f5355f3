using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// What a module for <c>torch.jit.load</c> computes: for each chunk of rows a state of zeros, a step graph that takes it through chunks of draws, and a graph that makes results of it. It holds its values and uses
/// libtorch's own operators alone.
/// </summary>
public sealed record TorchModule
{
    /// <summary>The name of the module's class.</summary>
    public required string Name { get; init; }

    /// <summary>The arguments of <c>forward</c>, in order; without any it takes the number of rows.</summary>
    public required EqArray<ModuleInput> Inputs { get; init; }

    /// <summary>
    /// Inputs: one [rows of a chunk, width] for each of <see cref="Inputs"/>, F64 or I64; the first row's position, the number of all rows, the seed and the first draw's number (I64 []);
    /// <see cref="Values"/>; the state. Outputs: the new state.
    /// </summary>
    public required TensorGraph Step { get; init; }

    /// <summary>From the state to the results of a chunk.</summary>
    public required TensorGraph Finish { get; init; }

    /// <summary>What it holds, as buffers.</summary>
    public required EqArray<ModuleValue> Values { get; init; }

    /// <summary>The results, by name, and whether their leading axis counts rows.</summary>
    public required EqArray<(string Name, bool PerRow)> Outputs { get; init; }

    /// <summary>The rows of a chunk.</summary>
    public required int Rows { get; init; }

    /// <summary>The number of chunks of draws.</summary>
    public required int DrawChunks { get; init; }

    /// <summary>The draws of a chunk.</summary>
    public required int DrawChunk { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Whether <c>forward</c> takes another seed.</summary>
    public required bool TakesSeed { get; init; }

    /// <summary>What <c>metadata()</c> returns.</summary>
    public required string Metadata { get; init; }
}

/// <summary>An argument of <c>forward</c>: a tensor with rows on its leading axis.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inner">The shape of a row; a row may also come as one axis of as many elements.</param>
/// <param name="IsInteger">Whether it holds integers.</param>
/// <param name="Below">The exclusive upper bound of the integers, whose lower bound is 0 then; null without any.</param>
public sealed record ModuleInput(string Name, Shape Inner, bool IsInteger, int? Below);

/// <summary>A value that a module holds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its elements.</param>
/// <param name="PerChunk">Whether its leading axis counts chunks of draws.</param>
public sealed record ModuleValue(string Name, HostTensor Value, bool PerChunk);
