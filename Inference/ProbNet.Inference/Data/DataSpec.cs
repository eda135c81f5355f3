using System.Text.Json.Serialization;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>A validated data declaration: which file, what its columns become, and how its rows are split.</summary>
/// <param name="Name">The declaration's name.</param>
/// <param name="File">The file as written, relative to the folder of the <c>.prob</c> file.</param>
/// <param name="Format">How the file's text is cut into cells.</param>
/// <param name="Bindings">What is bound, in source order; names are distinct.</param>
/// <param name="Split">How rows are divided.</param>
public sealed record DataSpec(string Name, string File, CsvFormat Format, EqArray<BindingSpec> Bindings, SplitSpec Split)
{
    /// <summary>Where the file's name stands in the source.</summary>
    public SourceSpan FileSpan { get; init; }

    /// <summary>
    /// The path to read: the override for this declaration's name if there is one (relative to the working directory), else <see cref="File"/> under
    /// <paramref name="folder"/>.
    /// </summary>
    /// <param name="folder">The folder of the <c>.prob</c> file.</param>
    /// <param name="overrides">Paths by declaration name, from the command line.</param>
    public string Resolve(string folder, IReadOnlyDictionary<string, string> overrides) =>
        overrides.TryGetValue(Name, out var path) ? path : Path.Combine(folder, File);
}

/// <summary>How a text file is cut into cells.</summary>
/// <param name="Separator">The text between cells; a single blank means any run of blanks and tabs (and no quotes).</param>
/// <param name="Header">Whether the first line names the columns.</param>
public sealed record CsvFormat(string Separator, bool Header);

/// <summary>How rows are divided into training, validation and held-out rows; a pure function of these values and the number of rows.</summary>
/// <param name="HeldOut">The fraction of all rows kept for the final test, in [0, 1). A positive fraction holds out at least one row.</param>
/// <param name="Validation">The fraction of all rows for early stopping and progress, in [0, 1).</param>
/// <param name="Seed">Fixes the permutation; 0 unless stated.</param>
/// <param name="Stratify">The column whose values keep their proportions in every part, or null.</param>
public sealed record SplitSpec(double HeldOut, double Validation, long Seed, ColumnRef? Stratify)
{
    /// <summary>Where the fractions are stated.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Where the stratification column is stated.</summary>
    public SourceSpan StratifySpan { get; init; }
}

/// <summary>One binding: the value of a model argument or site, from columns.</summary>
/// <param name="Name">The argument or site.</param>
/// <param name="Kind">What the columns become.</param>
/// <param name="Columns">Which columns: one, or for <see cref="BindingKind.Columns"/> at least one.</param>
/// <param name="Transformation">How numbers are rescaled.</param>
public sealed record BindingSpec(string Name, BindingKind Kind, EqArray<ColumnRef> Columns, Transformation Transformation)
{
    /// <summary>Where the bound name stands.</summary>
    public SourceSpan NameSpan { get; init; }

    /// <summary>The least number that becomes 1, for <see cref="Transformation.AtLeast"/>.</summary>
    public double? Threshold { get; init; }

    /// <summary>The sizes of the axes after the first, for <see cref="BindingKind.Columns"/> with <c>shape [a; b]</c>; empty for one axis of all columns.</summary>
    public EqArray<int> Inner { get; init; } = [];

    /// <summary>Where the columns are named; one span a column.</summary>
    public EqArray<SourceSpan> ColumnSpans { get; init; } = [];
}

/// <summary>A column by name or by position.</summary>
/// <param name="Name">The header's name, or null.</param>
/// <param name="Position">The position, from 0, where there is no name.</param>
public sealed record ColumnRef(string? Name, int Position)
{
    /// <inheritdoc/>
    public override string ToString() => Name ?? Position.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What a binding makes of its columns. n rows, k columns.</summary>
public enum BindingKind
{
    /// <summary><c>columns ["a"; "b"]</c>: numbers, [n, k].</summary>
    Columns,
    /// <summary><c>column "a"</c>: numbers, [n].</summary>
    Column,
    /// <summary><c>labels "a"</c>: class ids, I64 [n].</summary>
    Labels,
}

/// <summary>How numbers are rescaled; fitted on the training rows alone.</summary>
public enum Transformation
{
    /// <summary>Not at all.</summary>
    [JsonStringEnumMemberName("none")]
    None,
    /// <summary><c>minmax</c>: the training rows' range becomes [0, 1]. Other rows may fall outside; they are not clipped.</summary>
    [JsonStringEnumMemberName("minmax")]
    MinMax,
    /// <summary><c>standardize</c>: mean 0 and standard deviation 1 (n in the denominator) over the training rows.</summary>
    [JsonStringEnumMemberName("standardize")]
    Standardize,
    /// <summary><c>atLeast t</c>: 1 where the number is at least t, else 0. Nothing is fitted.</summary>
    [JsonStringEnumMemberName("atLeast")]
    AtLeast,
}

/// <summary>What a model wants bound: one of its arguments or sample sites.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsSite">Whether it is a sample site, so that binding it is observing it and prediction may go without it.</param>
/// <param name="IsInteger">Whether its values are integers or truth values (counts, class or group ids), read as I64.</param>
/// <param name="TakesLabels">Whether class ids can be its values: they are integers, truth values or one-hot vectors.</param>
/// <param name="UpperBound">The exclusive upper bound of its values where the type states one, as in <c>int&lt;3&gt;</c>.</param>
public sealed record BindingTarget(string Name, bool IsSite, bool IsInteger, bool TakesLabels, int? UpperBound = null);
