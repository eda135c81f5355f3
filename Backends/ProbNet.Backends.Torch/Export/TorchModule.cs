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

    /// <summary>What it computes for chunks of different sizes, ascending.</summary>
    public required EqArray<ModulePart> Parts { get; init; }

    /// <summary>What it holds, as buffers.</summary>
    public required EqArray<ModuleValue> Values { get; init; }

    /// <summary>The results, by name, and whether their leading axis counts rows.</summary>
    public required EqArray<(string Name, bool PerRow)> Outputs { get; init; }

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

/// <summary>What a module computes for chunks of some size.</summary>
/// <param name="Rows">The rows of a chunk.</param>
/// <param name="Step">
/// Inputs: one [rows, width] for each argument, F64 or I64; the first row's position, the number of all rows, the seed and the first draw's number (I64 []); the values; the state. Outputs: the new state.
/// </param>
/// <param name="Finish">From the state to the results of a chunk.</param>
/// <param name="Values">Which of the module's values the step takes.</param>
public sealed record ModulePart(int Rows, TensorGraph Step, TensorGraph Finish, EqArray<int> Values);

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
