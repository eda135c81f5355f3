using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language.Distributions;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Warnings about what a distribution's parameter is given: values outside its range, probabilities for logits, numbers nobody means.</summary>
internal static class ParameterLints
{
    // Scales beyond these are units nobody works in: the prior is flat or a point for every outcome worth modelling.
    private const double LargestScale = 1e6, SmallestScale = 1e-8;

    // Both parameters of a gamma up to this make the density pile up at 0 (Gelman 2006, section 4.3).
    private const double VagueGamma = 0.01;

    /// <summary>Warns about one argument of a distribution.</summary>
    /// <param name="report">Where the warning goes.</param>
    /// <param name="family">The family's name.</param>
    /// <param name="parameter">The parameter.</param>
    /// <param name="value">What it is given.</param>
    /// <param name="span">Where it is given.</param>
    public static void Check(Report report, string family, Parameter parameter, Value.TensorOf value, SourceSpan span)
    {
        if (parameter.Name == "logits")
        {
            Logits(report, family, value, span);
            return;
        }
        if (value.Literal is { } literal && parameter.Name == "scale" && literal is > LargestScale or (> 0 and < SmallestScale) && double.IsFinite(literal))
        {
            report.Warn(CheckerCodes.ExtremeScale, span, $"the scale of {family} is {literal.ToString("G6", CultureInfo.InvariantCulture)}, {(literal > 1 ? "which says nothing about a value in any usual unit" : "which leaves the value no room to vary")}",
                literal > 1 ? "a prior on the order of the data's own scale computes better: normal 0.0 10.0 for standardised data" : "fix the value with `let`, or write the scale that is meant");
        }
        if (value.Source is { } source && Wanted(parameter.Support, source) is { } wanted) Outside(report, family, parameter, source, wanted, span);
    }

    /// <summary>Warns about priors that are vague in name only.</summary>
    public static void Vague(Report report, Distribution family, IReadOnlyList<Value.TensorOf> arguments, SourceSpan call)
    {
        if (family is not (Gamma or InverseGamma) || arguments is not [{ Literal: <= VagueGamma and > 0 and var shape }, { Literal: <= VagueGamma and > 0 and var rate }]) return;
        var (a, b) = (shape.ToString("G6", CultureInfo.InvariantCulture), rate.ToString("G6", CultureInfo.InvariantCulture));
        report.Warn(CheckerCodes.VaguePrior, call, $"{family.Name} {a} {b} is not vague: nearly all of its mass lies at extreme values, and results depend on how small the two numbers are",
            "draw the scale itself, from halfNormal, halfCauchy or exponential, with the scale you expect (Gelman 2006, Prior distributions for variance parameters)");
    }

    private static void Logits(Report report, string family, Value.TensorOf value, SourceSpan span)
    {
        var other = Registry.All.Any(f => f.Name == family + "Probs") ? family + "Probs" : family == "oneHotCategorical" ? null : "";
        if (other == "") return;
        if (value.Source is { IsProbability: true } source)
        {
            report.Warn(CheckerCodes.ProbabilityAsLogit, span, source.Site is null
                ? $"{family} takes logits (log-odds, any real numbers), but this is the result of {source.Maker}, a probability, so that it is squashed twice"
                : $"{family} takes logits (log-odds, any real numbers), but '{source.Site}' is a probability, drawn from {source.Maker}",
                (source.Site is null ? $"leave {source.Maker} out, or " : "") + (other is null ? "give the logarithms of the probabilities: log p" : $"write {other}, which takes probabilities"), Origin(source, span));
        }
        else if (other is not null && value.Literal is > 0 and < 1 and var p)
        {
            var logit = Math.Log(p / (1 - p)).ToString("F3", CultureInfo.InvariantCulture);
            report.Warn(CheckerCodes.ProbabilityAsLogit, span, $"{family} takes logits (log-odds), so {p.ToString("G6", CultureInfo.InvariantCulture)} stands for the probability {(1 / (1 + Math.Exp(-p))).ToString("F3", CultureInfo.InvariantCulture)}",
                $"write {other} {p.ToString("G6", CultureInfo.InvariantCulture)} if it is a probability; its logit is {logit}");
        }
    }

    // What a parameter must be, where the values of a source may be otherwise; null where they fit, or nothing is known.
    private static string? Wanted(Support parameter, ValueSource source) => parameter switch
    {
        Support.Positive when source.Low < 0 || (source.Low == 0 && source.Support is Support.Interval or Support.Count or Support.CountUpTo or Support.Binary) => "above 0",
        Support.NonNegative when source.Low < 0 => "at least 0",
        Support.UnitInterval or Support.Probability when source.Low < 0 || source.High > 1 => "between 0 and 1",
        Support.Simplex when source.Support is not (Support.Simplex or Support.OneHot) => "a vector of probabilities that sum to 1",
        Support.LowerCholesky when source.Support is not (Support.LowerCholesky or Support.CorrelationCholesky) => "a lower-triangular matrix with a positive diagonal",
        Support.CorrelationCholesky when source.Support is not Support.CorrelationCholesky => "a Cholesky factor of a correlation matrix",
        Support.Ordered when source.Support is not Support.Ordered => "ascending",
        _ => null,
    };

    private static void Outside(Report report, string family, Parameter parameter, ValueSource source, string wanted, SourceSpan span)
    {
        var name = source.Site ?? source.Maker;
        var has = source.Site is null ? $"this is the result of {source.Maker}" : source.IsDraw ? $"'{name}' is drawn from {source.Maker}" : $"this is computed from '{name}', drawn from {source.Maker}";
        var takes = parameter.Support switch
        {
            Support.Simplex or Support.Ordered or Support.LowerCholesky or Support.CorrelationCholesky => "and need not be that",
            Support.UnitInterval or Support.Probability => source.Low < 0 ? "and can be any real number" : "and can be above 1",
            _ when source.Low < 0 => "and can be negative",
            _ => "and can be 0",
        };
        report.Warn(CheckerCodes.OutsideParameter, span, $"the {parameter.Name} of {family} must be {wanted}, but {has}, {takes}", Cure(family, parameter.Support, source),
            Origin(source, span));
    }

    private static EqArray<DiagnosticNote> Origin(ValueSource source, SourceSpan used) =>
        source.At == used ? [] : [new DiagnosticNote(source.Site is null ? "it is computed here" : $"'{source.Site}' is drawn here", source.At)];

    private static string Number(double? x) => x?.ToString("0.0###", CultureInfo.InvariantCulture) ?? "high";

    private static string Cure(string family, Support parameter, ValueSource source)
    {
        var name = source.IsDraw && source.Binding is { } binding ? binding : "(…)";
        var quoted = name == "(…)" ? "it" : $"'{name}'";
        return parameter switch
        {
            Support.Positive or Support.NonNegative when source.Low == 0 && source.Support is Support.Interval => $"draw {quoted} from halfNormal or exponential, which have no hard ends, or start above 0: uniform 0.01 {Number(source.High)}",
            Support.Positive or Support.NonNegative when source.Low == 0 => $"a count can be 0: add a positive number to {quoted}",
            Support.Positive or Support.NonNegative when source.IsDraw => $"draw {quoted} from halfNormal or exponential, or give exp {name} or softplus {name}",
            Support.Positive or Support.NonNegative => "give exp (…) or softplus (…)",
            Support.UnitInterval or Support.Probability => (family.EndsWith("Probs", StringComparison.Ordinal) ? $"{family[..^"Probs".Length]} takes logits, which may be any real numbers; " : "") + (source.Low < 0 ? $"sigmoid {name} gives a probability" : $"draw {quoted} from beta"),
            Support.Simplex => (family.EndsWith("Probs", StringComparison.Ordinal) && source.Low < 0 ? $"{family[..^"Probs".Length]} takes logits, which may be any real numbers; or " : "") + $"draw {quoted} from dirichlet, or give softmax {name}",
            Support.Ordered => $"draw {quoted} in ascending order: … |> iid [k] |> ordered",
            _ => $"draw {quoted} from lkjCholesky, and scale its rows: diag scale @ {name}",
        };
    }
}
