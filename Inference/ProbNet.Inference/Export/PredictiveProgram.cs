using ProbNet.Graph;

namespace ProbNet.Inference.Export;

/// <summary>How an exported predictive comes by its draws.</summary>
public enum DrawSource
{
    /// <summary>It makes them itself, from the counters that prediction uses: the same seed gives the numbers of a prediction.</summary>
    Inside,
    /// <summary>What all rows share was drawn when it was exported and is kept as values: each draw is one function of the inputs, the same for all rows.</summary>
    Frozen,
}

/// <summary>
/// A posterior predictive for any number of rows of raw columns, as tensor graphs and values: nothing of a model, a guide or its parameters is left to know. Rows are taken in chunks, the last
/// one filled up with its last row. For each chunk the state begins with zeros, the step takes it through all draws, <see cref="DrawChunk"/> at a time, and the finish turns it into results.
/// </summary>
public sealed record PredictiveProgram
{
    /// <summary>The columns it takes.</summary>
    public required EqArray<RawInput> Inputs { get; init; }

    /// <summary>The same program for chunks of different sizes, ascending: few rows are done fast, and many well.</summary>
    public required EqArray<ProgramPart> Parts { get; init; }

    /// <summary>The values it holds.</summary>
    public required EqArray<KeptValue> Values { get; init; }

    /// <summary>The results.</summary>
    public required EqArray<ProgramOutput> Outputs { get; init; }

    /// <summary>The number of draws.</summary>
    public required int Draws { get; init; }

    /// <summary>The draws of a chunk; divides <see cref="Draws"/>.</summary>
    public required int DrawChunk { get; init; }

    /// <summary>The seed of the draws.</summary>
    public required long Seed { get; init; }

    /// <summary>How it comes by its draws.</summary>
    public required DrawSource Source { get; init; }

    /// <summary>Whether another seed would give other results.</summary>
    public bool TakesSeed => Parts.Any(p => Topology.Sort(p.Step.Outputs.Select(o => o.Value)).Contains(p.Step.Inputs[Inputs.Count + 2]));

    /// <summary>The bytes of <see cref="Values"/>.</summary>
    public long Bytes => Values.Sum(v => (long)v.Value.Shape.Size * v.Value.DType.Size());
}

/// <summary>A program for chunks of some size.</summary>
/// <param name="Rows">The rows of a chunk.</param>
/// <param name="Step">
/// One chunk of draws for one chunk of rows. Inputs: the raw columns, [rows, width] each, F64 for numbers and I64 for integers and classes; the position of the first row, the number of all rows,
/// the seed and the number of the first draw (I64 []); the values; the state. Outputs: the new state.
/// </param>
/// <param name="Finish">From the state after all draws to the results.</param>
/// <param name="Values">Which of the program's values the step takes.</param>
public sealed record ProgramPart(int Rows, TensorGraph Step, TensorGraph Finish, EqArray<int> Values);

/// <summary>Columns that a program takes for one argument of the model, as they stand in a file.</summary>
/// <param name="Name">The argument's name.</param>
/// <param name="Columns">The columns, in order: by name, or by position where the file had no header.</param>
/// <param name="Inner">The shape of one row's value: [] for one column, [k] for several, or axes that the columns fill in row-major order.</param>
/// <param name="IsInteger">Whether the values are integers, or ids of <paramref name="Classes"/>.</param>
/// <param name="Below">The exclusive upper bound of the integers, which are not negative then; null without any.</param>
/// <param name="Classes">Names of classes by id, or none.</param>
/// <param name="Preparation">What the program does to the columns first, in words.</param>
public sealed record RawInput(string Name, EqArray<string> Columns, Shape Inner, bool IsInteger, int? Below, EqArray<string> Classes, string Preparation);

/// <summary>A value that a program holds.</summary>
/// <param name="Name">Its name, from the site or parameter it belongs to; unique.</param>
/// <param name="Value">The value, with a leading axis of the chunks of draws if <paramref name="PerChunk"/>.</param>
/// <param name="PerChunk">Whether each chunk of draws has one of its own.</param>
public sealed record KeptValue(string Name, HostTensor Value, bool PerChunk);

/// <summary>A result of a program.</summary>
/// <param name="Name">Its name: that of the quantity, behind the site's name and a dot where several sites are predicted.</param>
/// <param name="Site">The site.</param>
/// <param name="Quantity">What it is.</param>
/// <param name="PerRow">Whether its leading axis counts rows.</param>
/// <param name="Classes">Names of the classes along the last axis, or none.</param>
public sealed record ProgramOutput(string Name, string Site, string Quantity, bool PerRow, EqArray<string> Classes);

/// <summary>What became of an export. A closed hierarchy.</summary>
public abstract record Exporting
{
    private Exporting() { }

    /// <summary>The program.</summary>
    public sealed record Done(PredictiveProgram Program) : Exporting;

    /// <summary>There is none.</summary>
    /// <param name="Reason">Why, in words.</param>
    /// <param name="Hint">What to do instead.</param>
    public sealed record Refused(string Reason, string Hint) : Exporting;
}
