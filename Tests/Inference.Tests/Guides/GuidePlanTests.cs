using ProbNet.Graph;
using ProbNet.Inference.Guides;
using ProbNet.Inference.Options;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Guides;

public class GuidePlanTests
{
    [Fact]
    public void PatternsMatchWholeNames()
    {
        (string Pattern, string Name, bool Matches)[] cases =
        [
            ("*", "h1.w", true), ("*.w", "h1.w", true), ("*.w", "h1.weight", false), ("h?.w", "h1.w", true), ("h?.w", "h12.w", false), ("h*.w", "h12.w", true),
            ("h1.w", "h1.w", true), ("h1", "h1.w", false), ("*1*w", "h1.w", true), ("*a*b*", "xaybz", true), ("*a*b", "xaybz", false), ("", "w", false), ("**", "", true), ("?", "", false),
        ];
        foreach (var (pattern, name, matches) in cases) Assert.True(Glob.Matches(pattern, name) == matches, $"{pattern} on {name}");
    }

    [Fact]
    public void TheFirstClauseThatMatchesWins()
    {
        var (model, _) = Samples.Net();
        var plan = GuidePlan.For(model, [new(new DeltaGuide(), "*.b"), new(new MultivariateNormalGuide(), "out.*"), new(new NormalGuide())]).Required;
        Assert.Equal("delta", plan.PartOf("h.b").Family.Name);
        Assert.Equal("delta", plan.PartOf("out.b").Family.Name);
        Assert.Equal("multivariateNormal", plan.PartOf("out.w").Family.Name);
        Assert.Equal("normal", plan.PartOf("h.w").Family.Name);
        Assert.Equal(["h.b.loc", "out.b.loc", "guide.2.loc", "guide.2.rho", "guide.2.lower", "h.w.loc", "h.w.rho"], plan.Parameters.Select(p => p.Name));
        Assert.False(plan.IsPoint);
        Assert.True(GuidePlan.For(model, [new(new DeltaGuide())]).Required.IsPoint);
    }

    [Fact]
    public void WhatDoesNotFitIsSaidWithNames()
    {
        var (model, _) = Samples.Net();
        Language.Diagnostic Why(BoundModel m, params EqArray<GuideClause> clauses) => Assert.Single(GuidePlan.For(m, clauses).Diagnostics);
        var nothing = Why(model, new(new DeltaGuide(), "h.v"), new(new NormalGuide()));
        Assert.Equal(InferenceCodes.ClauseMatchesNothing, nothing.Code);
        Assert.Contains("'h.w'", nothing.Hint);
        Assert.Contains("earlier clauses cover", Why(model, new(new NormalGuide()), new(new DeltaGuide(), "*.w")).Message);
        var uncovered = Why(model, new GuideClause(new NormalGuide(), "*.w"));
        Assert.Equal(InferenceCodes.UncoveredSite, uncovered.Code);
        Assert.Contains("'h.b', 'out.b'", uncovered.Message);

        var discrete = ModelBuilder.Bind(3, ["y"], b =>
        {
            var k = b.Draw("k", Poisson.Of(b.Real(0.3)));
            b.Draw("y", Normal.Of(Convert(k, DType.F64), b.Real(1)).Iid([b.Rows]), perRow: true);
        });
        var refused = Why(discrete, new GuideClause(new NormalGuide()));
        Assert.Equal(InferenceCodes.DiscreteLatent, refused.Code);
        Assert.Equal("model.prob:1:1", refused.Span.Location);
        Assert.Equal(InferenceCodes.NothingLatent, Why(model with { Observed = ["h.w", "h.b", "out.w", "out.b", "species"] }, new GuideClause(new NormalGuide())).Code);

        var wide = ModelBuilder.Bind(3, ["y"], b => b.Draw("y", Normal.Of(SumAll(b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([71, 67]))), b.Real(1)).Iid([b.Rows]), perRow: true));
        Assert.Contains("'w' [71, 67]", Why(wide, new GuideClause(new MultivariateNormalGuide())).Message);
    }

    [Fact]
    public void FitsStartAtTypicalValues()
    {
        var model = ModelBuilder.Bind(5, ["y"], b =>
        {
            var x = b.PerRow("x", []);
            var shift = b.Draw("shift", Normal.Of(b.Real(1.7), b.Real(0.4)));
            var rate = b.Draw("rate", Gamma.Of(b.Real(3), b.Real(2)).Iid([2]));
            var p = b.Draw("p", Beta.Of(b.Real(3), b.Real(1)));
            var child = b.Draw("child", Normal.Of(shift * 2, b.Real(1)));
            var heavy = b.Draw("heavy", HalfCauchy.Of(b.Real(3)));
            var own = b.Draw("own", Normal.Of(x, b.Real(1)), perRow: true);
            b.Draw("y", Normal.Of(own + child + SumAll(rate) + p, heavy), perRow: true);
        });
        var plan = Evaluation.Plan(model, new NormalGuide { InitialScale = 0.25 });
        var values = Evaluation.InitialValues(plan);
        Assert.Equal(1.7, values["shift.loc"][0], 1e-12);
        Assert.Equal(Math.Log(1.5), values["rate.loc"][1], 1e-12);
        Assert.Equal(Math.Log(0.75 / 0.25), values["p.loc"][0], 1e-12);
        Assert.Equal(3.4, values["child.loc"][0], 1e-12);
        // No mean, or one that needs data: 0 in unconstrained space.
        Assert.Equal(0, values["heavy.loc"][0]);
        Assert.Equal("[5]", values["own.loc"].Shape.ToString());
        Assert.All(values["own.loc"].ToDoubles(), v => Assert.Equal(0, v));
        Assert.Equal(0.25, Math.Log(1 + Math.Exp(values["p.rho"][0])), 1e-12);
    }

    [Fact]
    public void WeightsStartSmallAndDifferent()
    {
        var model = ModelBuilder.Bind(5, ["y"], b => b.Draw("y", Normal.Of(SumAll(b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([100, 67]))), b.Real(1)).Iid([b.Rows]), perRow: true));
        foreach (GuideFamily family in (GuideFamily[])[new NormalGuide(), new DeltaGuide()])
        {
            var values = Evaluation.InitialValues(Evaluation.Plan(model, family));
            var loc = values["w.loc"].ToDoubles();
            ProbNet.Tests.Support.Stat.MeanIs(1.0 / 300, [.. loc.Select(v => v * v)], resolve: 0.001, cases: 2, "variance 1 / (3 fan-in)");
            Assert.Equal(loc.Length, loc.Distinct().Count());
            if (values.TryGetValue("w.rho", out var rho)) Assert.All(rho.ToDoubles(), r => Assert.Equal(0.005, Math.Log(1 + Math.Exp(r)), 1e-12));
        }
        var one = Evaluation.InitialValues(Evaluation.Plan(model, new NormalGuide()), seed: 1);
        Assert.Equal(one["w.loc"], Evaluation.InitialValues(Evaluation.Plan(model, new NormalGuide()), seed: 1)["w.loc"]);
        Assert.NotEqual(one["w.loc"], Evaluation.InitialValues(Evaluation.Plan(model, new NormalGuide()), seed: 2)["w.loc"]);
    }

    [Fact]
    public void StructuredFamiliesRefuseWhatTheyCannotCoverAndSayWhatToDo()
    {
        Language.Diagnostic Why(BoundModel m, params EqArray<GuideClause> clauses) => Assert.Single(GuidePlan.For(m, clauses).Diagnostics);
        void Refused(Language.Diagnostic d, string message, string hint)
        {
            Assert.Equal(InferenceCodes.GuideRefuses, d.Code);
            Assert.Contains(message, d.Message);
            Assert.Contains(hint, d.Hint);
        }
        var (net, _) = Samples.Net();
        Refused(Why(net, new GuideClause(new KroneckerGuide())), "'h.b' is no matrix: its shape is [5]", ": kronecker on \"*.w\", normal on \"*.b\"");
        Assert.NotNull(GuidePlan.For(net, [new(new KroneckerGuide(), "*.w"), new(new NormalGuide(), "*.b")]).Value);
        Refused(Why(net, new(new KroneckerGuide(), "out.b"), new(new NormalGuide())), "'out.b' is no matrix", "give it another family: normal on \"*.b\"");
        var (schools, _) = Samples.Schools();
        Refused(Why(schools, new GuideClause(new LowRankGuide { Joint = true })), "'z', which has a value for each data row", "lowRank on \"z\" before the joint clause");
        Assert.NotNull(GuidePlan.For(schools, [new(new LowRankGuide(), "z"), new(new LowRankGuide { Joint = true })]).Value);
        Refused(Why(schools, new(new KroneckerGuide(), "z"), new(new NormalGuide())), "has a value for each data row", "normal on \"z\"");

        BoundModel Wide(int inputs, int outputs) => ModelBuilder.Bind(3, ["y"], b => b.Draw("y", Normal.Of(SumAll(b.Draw("w", Normal.Of(b.Real(0), b.Real(1)).Iid([inputs, outputs]))), b.Real(1)).Iid([b.Rows]), perRow: true));
        Refused(Why(Wide(71, 67), new GuideClause(new LowRankGuide { Rank = 1025 })), "rank 1025 over 4757 components", "at most 1024");
        Refused(Why(Wide(4099, 1009), new GuideClause(new LowRankGuide { Rank = 17 })), "would hold 70310147 numbers", "lowRank { rank = 16 } would fit");
        Refused(Why(Wide(4099, 7), new GuideClause(new KroneckerGuide())), "4099 rows of 'w' [4099, 7] would hold 16801801", "kronecker { rowFactor = diagonal }");
        Refused(Why(Wide(7, 4099), new GuideClause(new KroneckerGuide { RowFactor = "diagonal" })), "4099 columns", "kronecker { columnFactor = diagonal }");
        Assert.NotNull(GuidePlan.For(Wide(4099, 7), [new(new KroneckerGuide { RowFactor = "diagonal" })]).Value);
    }

    [Fact]
    public void AFactorHasNoMoreColumnsThanAnyCovarianceNeeds()
    {
        var (model, _) = Samples.Net();
        var shapes = Evaluation.Plan(model, new LowRankGuide { Rank = 4 }).Parameters.Where(p => p.Name.EndsWith(".factor")).ToDictionary(p => p.Name, p => p.Shape.ToString());
        Assert.Equal(new() { ["h.w.factor"] = "[15, 4]", ["h.b.factor"] = "[5, 4]", ["out.w.factor"] = "[10, 4]", ["out.b.factor"] = "[2, 1]" }, shapes);
        Assert.Equal("[32, 4]", Evaluation.Plan(model, new LowRankGuide { Rank = 4, Joint = true }).Parameters.Single(p => p.Name == "guide.1.factor").Shape.ToString());
        Assert.Equal("[32, 31]", Evaluation.Plan(model, new LowRankGuide { Rank = 40, Joint = true }).Parameters.Single(p => p.Name == "guide.1.factor").Shape.ToString());
        // One component, and one in each row: nothing to vary with.
        Assert.DoesNotContain(Evaluation.Plan(Samples.Schools().Model, new LowRankGuide()).Parameters, p => p.Name.EndsWith(".factor"));
    }

    [Fact]
    public void AFactorIsOneOfTwoWords()
    {
        Checked<GuideFamily> Bind(string word) => GuideRegistry.Families.Bind(new OptionValue.Call("kronecker", [], [new("rowFactor", new OptionValue.Call(word))]));
        Assert.Equal("diagonal", ((KroneckerGuide)Bind("diagonal").Required).RowFactor);
        Assert.Equal("kronecker { rowFactor = diagonal; columnFactor = cholesky; initialScale = 0.05 }", Bind("diagonal").Required.ToString());
        var wrong = Assert.Single(Bind("diagnal").Diagnostics);
        Assert.Equal(InferenceCodes.UnknownName, wrong.Code);
        Assert.Contains("'diagonal'", wrong.Hint);
    }
}
