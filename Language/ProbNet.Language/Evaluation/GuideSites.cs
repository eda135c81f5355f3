using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Elaboration;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// Whether a guide's draws are the model's: same names, shapes and supports. Which of the model's sites are latent is
/// known only when data is bound, so a site that the guide misses is told then.
/// </summary>
internal static class GuideSites
{
    /// <summary>Reports what does not fit.</summary>
    /// <param name="guide">The declaration.</param>
    /// <param name="model">The model.</param>
    /// <param name="trace">What the evaluation of the guide has met.</param>
    /// <param name="isPartial">Whether the evaluation was cut short by a fault, so that draws may be missing.</param>
    public static void Check(Declaration.GuideProgram guide, CheckedModel model, Trace trace, bool isPartial)
    {
        foreach (var site in trace.Sites.Where(s => s.Kind == SiteKind.Observe)) Statement(trace.Report, guide, "observe", "a likelihood term", site.Span);
        foreach (var factor in trace.Factors) Statement(trace.Report, guide, "factor", "a term of the log-density", factor.Span);
        foreach (var noise in trace.Noises) Statement(trace.Report, guide, "noise", "a draw that nothing infers", noise.Span);
        foreach (var value in trace.Reported) Statement(trace.Report, guide, "deterministic", "a reported value", value.Span);
        var drawn = trace.Sites.Where(s => s.Kind == SiteKind.Sample).ToList();
        foreach (var site in drawn) Check(guide, model, trace.Report, site);
        if (drawn.Count == 0 && !isPartial && trace.Report.Diagnostics.Count == 0)
        {
            trace.Report.Fail(CheckerCodes.GuideDrawsNothing, guide.NameSpan, $"the guide '{guide.Name}' draws nothing, so it approximates no site of model '{model.Name}'",
                "draw the model's latent sites by their names: let! site = …", new DiagnosticNote("the model is here", model.Span));
        }
    }

    private static void Check(Declaration.GuideProgram guide, CheckedModel model, Report report, TracedSite site)
    {
        var own = new SymbolicType(site.Distribution.Element, site.Distribution.Axes, site.Distribution.Bound);
        var family = site.Distribution.Family;
        if (model.Sites.FirstOrDefault(s => s.Name == site.Name && s.Kind == SiteKind.Sample) is not { } known)
        {
            var names = model.Sites.Where(s => s.Kind == SiteKind.Sample).Select(s => s.Name).ToList();
            var nearest = Suggest.Nearest(site.Name, names);
            report.Fail(CheckerCodes.GuideExtraSite, site.Span, $"the guide '{guide.Name}' draws '{site.Name}', but model '{model.Name}' has no such site",
                nearest is not null ? $"did you mean '{nearest}'?" : $"the model's sites: {string.Join(", ", names)}", new DiagnosticNote("the model is here", model.Span));
            return;
        }
        var there = new DiagnosticNote($"'{site.Name}' is {known.Type}, drawn from {known.Family.Name}, here", known.Span);
        // Counts without a bound are not summed out: a guide may draw them, and learns them by their density.
        if (known.Family.Support is { IsDiscrete: true } and not Support.Count)
        {
            report.Fail(CheckerCodes.GuideWithoutGradient, site.Span, $"the guide '{guide.Name}' draws '{site.Name}', which is discrete ({known.Family.Name})",
                "leave it out: discrete sites are summed out exactly, or bound to data", there);
        }
        else if (family.Support.IsDiscrete && !known.Family.Support.IsDiscrete)
        {
            report.Fail(CheckerCodes.GuideWithoutGradient, site.Span, $"the guide '{guide.Name}' draws '{site.Name}' from {family.Name}, whose draws are discrete, so it cannot be learned by gradients of its draws",
                $"draw it from one of: {Fitting(known.Family.Support)}", there);
        }
        else if (own.Element != known.Type.Element || !own.Axes.Select(a => a.Size).SequenceEqual(known.Type.Axes.Select(a => a.Size)))
        {
            report.Fail(CheckerCodes.GuideShape, site.Span, $"the guide '{guide.Name}' draws '{site.Name}' as {own}, but in model '{model.Name}' it is {known.Type}", null,
                [there, .. own.Axes.SelectMany(a => Shapes.Provenance(a))]);
        }
        else if (Set(family.Support) != Set(known.Family.Support))
        {
            report.Fail(CheckerCodes.GuideSupport, site.Span, $"the guide '{guide.Name}' draws '{site.Name}' from {family.Name}, whose values are {Words(family.Support)}, but in model '{model.Name}' they are {Words(known.Family.Support)}",
                $"draw it from one of: {Fitting(known.Family.Support)}; or leave it out and cover it by a family of guides, which maps it by a bijector: {guide.Name}, normal", there);
        }
    }

    private static void Statement(Report report, Declaration.GuideProgram guide, string word, string what, SourceSpan span) =>
        report.Fail(CheckerCodes.GuideStatement, span, $"'{word}' states {what}, which has no meaning in a guide: '{guide.Name}' is a distribution to draw from", "move it into the model, or remove it");

    // Boundaries have no mass, and a vector of reals is an array of reals.
    private static Support Set(Support support) => support switch
    {
        Support.NonNegative => new Support.Positive(),
        Support.Probability => new Support.UnitInterval(),
        Support.RealVector => new Support.Real(),
        _ => support,
    };

    // The first few: a list of all would be read by nobody.
    private static string Fitting(Support support)
    {
        const int shown = 4;
        string[] names = [.. Registry.All.Where(f => (f.IsPathwise || support.IsDiscrete) && Set(f.Support) == Set(support)).Select(f => f.Name)];
        return string.Join(", ", names.Take(shown)) + (names.Length > shown ? ", …" : "");
    }

    private static string Words(Support support) => Set(support) switch
    {
        Support.Real => "real numbers",
        Support.Positive => "positive numbers",
        Support.UnitInterval => "numbers between 0 and 1",
        Support.Simplex => "probability vectors",
        Support.Count => "counts",
        Support.LowerCholesky => "Cholesky factors",
        var other => $"of the kind {other.GetType().Name}",
    };
}
