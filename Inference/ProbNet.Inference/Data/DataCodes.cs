using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Data;

/// <summary>The diagnostics of data: <c>PN060x</c> about the declaration, <c>PN061x</c> about the file, <c>PN062x</c> about what was made of it.</summary>
public static class DataCodes
{
    /// <summary>The right-hand side of a data declaration is not a known source.</summary>
    public static DiagnosticCode UnknownSource { get; } = new("PN0601", Severity.Error, "unknown data source");

    /// <summary>A field with a plain value is not an option.</summary>
    public static DiagnosticCode UnknownOption { get; } = new("PN0602", Severity.Error, "unknown data option");

    /// <summary>An option's value has the wrong kind or is out of range.</summary>
    public static DiagnosticCode BadOption { get; } = new("PN0603", Severity.Error, "bad data option");

    /// <summary>A binding is not one of <c>columns</c>, <c>column</c>, <c>labels</c>, possibly transformed.</summary>
    public static DiagnosticCode BadBinding { get; } = new("PN0604", Severity.Error, "bad data binding");

    /// <summary>The file is missing, a directory, or may not be read.</summary>
    public static DiagnosticCode Unreadable { get; } = new("PN0610", Severity.Error, "data file cannot be read");

    /// <summary>The file has no header or no data rows.</summary>
    public static DiagnosticCode Empty { get; } = new("PN0611", Severity.Error, "no data rows");

    /// <summary>The header names a column twice or not at all.</summary>
    public static DiagnosticCode BadHeader { get; } = new("PN0612", Severity.Error, "bad header");

    /// <summary>The file has no such column.</summary>
    public static DiagnosticCode MissingColumn { get; } = new("PN0613", Severity.Error, "missing column");

    /// <summary>A row has more or fewer fields than the first line.</summary>
    public static DiagnosticCode Ragged { get; } = new("PN0614", Severity.Error, "ragged row");

    /// <summary>Quotes or bytes that no comma-separated text file holds.</summary>
    public static DiagnosticCode Malformed { get; } = new("PN0615", Severity.Error, "malformed file");

    /// <summary>A cell is empty, no number, or no finite number.</summary>
    public static DiagnosticCode BadCell { get; } = new("PN0616", Severity.Error, "bad cell");

    /// <summary>A label that training has not seen.</summary>
    public static DiagnosticCode UnknownClass { get; } = new("PN0617", Severity.Error, "unknown class");

    /// <summary>A class or index is not below its type's bound.</summary>
    public static DiagnosticCode OutOfRange { get; } = new("PN0618", Severity.Error, "index out of range");

    /// <summary>Held-out and validation rows leave none to train on.</summary>
    public static DiagnosticCode NoTrainingRows { get; } = new("PN0619", Severity.Error, "no training rows");

    /// <summary>A transformed column has one value in all training rows.</summary>
    public static DiagnosticCode ConstantColumn { get; } = new("PN0620", Severity.Warning, "constant column");

    /// <summary>All of them, in order of their numbers.</summary>
    public static EqArray<DiagnosticCode> All =>
    [
        UnknownSource, UnknownOption, BadOption, BadBinding, Unreadable, Empty, BadHeader, MissingColumn,
        Ragged, Malformed, BadCell, UnknownClass, OutOfRange, NoTrainingRows, ConstantColumn,
    ];
}
