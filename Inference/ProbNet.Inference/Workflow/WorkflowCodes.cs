using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Workflow;

/// <summary>The diagnostics of putting a program's parts together: <c>PN073x</c>, and <c>PN093x</c> for warnings.</summary>
public static class WorkflowCodes
{
    /// <summary>A program without a model.</summary>
    public static DiagnosticCode NoModel { get; } = new("PN0730", Severity.Error, "no model");

    /// <summary>A program without a data declaration where one is needed.</summary>
    public static DiagnosticCode NoData { get; } = new("PN0731", Severity.Error, "no data declaration");

    /// <summary>Data that fits no model of the program.</summary>
    public static DiagnosticCode DataFitsNoModel { get; } = new("PN0732", Severity.Error, "data fits no model");

    /// <summary>An algorithm, guide family or other component that this version does not have.</summary>
    public static DiagnosticCode NotAvailable { get; } = new("PN0930", Severity.Warning, "not available in this version");

    /// <summary>All of them, in order of their numbers.</summary>
    public static EqArray<DiagnosticCode> All => [NoModel, NoData, DataFitsNoModel, NotAvailable];
}
