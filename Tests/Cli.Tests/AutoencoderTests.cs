using System.Text.Json.Nodes;

namespace ProbNet.Cli.Tests;

/// <summary>A guide written as a program, and learned points, from the command line: the autoencoder of digits.</summary>
public sealed class AutoencoderTests
{
    private static Outcome Fit(Workplace place, string run, params string[] more) =>
        Workplace.Run(["fit", place.At("autoencoder", "autoencoder.prob"), "--out", place.At(run), "--json", "--draws", "20", .. more]).Ended(ExitCode.Ok);

    [Fact]
    public void TheBoundIsStableOverThreeSeeds()
    {
        using var place = new Workplace("autoencoder");
        var bounds = Enumerable.Range(0, 3).Select(seed => Fit(place, "run", "--set", "epochs=30", "--set", "optimizer=adam 5e-3", "--seed", $"{seed}").Json)
            .Select(json => (Elbo: (double)json["elbo"]!, Test: (double)json["metrics"]!["test"]!["nll"]!)).ToArray();
        // Pixels that are independent Bernoulli at their own frequencies cost 26.8 nats an image; 1,438 images train.
        Assert.All(bounds, b => Assert.InRange(b.Elbo, -23.0 * 1438, -15.0 * 1438));
        Assert.All(bounds, b => Assert.InRange(b.Test, 15, 23));
        var mean = bounds.Average(b => b.Elbo);
        Assert.All(bounds, b => Assert.Equal(1, b.Elbo / mean, 0.03));
    }

    [Fact]
    public void ARunIsReadBackWithItsGuide()
    {
        using var place = new Workplace("autoencoder");
        var fitted = Fit(place, "one", "--set", "epochs=2", "--seed", "4").Json;
        Fit(place, "two", "--set", "epochs=2", "--seed", "4");
        Assert.Equal(File.ReadAllBytes(place.At("one", "posterior.safetensors")), File.ReadAllBytes(place.At("two", "posterior.safetensors")));
        Assert.Equal(10, fitted["learnedPoints"]!.AsArray().Count);
        Directory.Move(place.At("autoencoder"), place.At("gone"));
        // The reloaded encoder and decoder say of all rows what they said after the fit, up to the noise of other codes: the training rows were numbered otherwise. A row's estimate varies by
        // less than a nat, the mean of 1,797 by less than 1/42, of which this is four.
        double Nll(string run) => (double)Workplace.Run("eval", place.At(run), "--data", place.At("gone", "digits.csv"), "--json").Ended(ExitCode.Ok).Json["metrics"]!["test"]!["nll"]!;
        var (train, test) = ((double)fitted["metrics"]!["train"]!["nll"]!, (double)fitted["metrics"]!["test"]!["nll"]!);
        Assert.Equal((1438 * train + 359 * test) / 1797, Nll("one"), 0.1);
        Assert.Equal(Nll("one"), Nll("two"));
        Assert.Equal("program { name = \"encoder\" }", (string)JsonNode.Parse(File.ReadAllText(place.At("one", "run.json")))!["guide"]!);
    }

    [Fact]
    public void ExplainShowsTheGuideAndTheLearnedPoints()
    {
        using var place = new Workplace("autoencoder");
        var text = Workplace.Run("explain", place.At("autoencoder", "autoencoder.prob")).Ended(ExitCode.Ok).Out;
        Assert.Contains("guide encoder, which takes image : int<2>[n, 64]", text);
        Assert.Contains("learned points", text);
        foreach (var line in new[] { "code   normal        real[n, 8]     n      latent    guide encoder  shared     closed form", "decoder.out.w    model vae      real[64, 64]", "encoder.mean.w   guide encoder  real[64, 8]" })
            Assert.Contains(line, text);
        var json = Workplace.Run("explain", place.At("autoencoder", "autoencoder.prob"), "--json").Ended(ExitCode.Ok).Json;
        Assert.Equal(("encoder", "image"), ((string)json["guides"]![0]!["guide"]!, (string)json["guides"]![0]!["takes"]![0]!));
        Assert.Equal(10, json["learnedPoints"]!.AsArray().Count);
    }

    [Fact]
    public void AMisspeltGuideAndAMissingSiteAreTold()
    {
        using var place = new Workplace("autoencoder");
        Workplace.Run("fit", place.At("autoencoder", "autoencoder.prob"), "--set", "guide=encodr", "--out", place.At("run")).Ended(ExitCode.Diagnostics).Says("encodr");
        place.Edit("autoencoder/autoencoder.prob", "    let! image = ", "    let! extra = normal 0.0 1.0\n    let! image = ");
        Workplace.Run("fit", place.At("autoencoder", "autoencoder.prob"), "--out", place.At("run")).Ended(ExitCode.Diagnostics)
            .Says("no clause of the guide covers 'extra'", "draw 'extra' in the guide 'encoder' too, or add a family for the rest: encoder, normal");
    }

    [Fact]
    public void ColumnsAreNamedByRangesAndMadeBinary()
    {
        using var place = new Workplace();
        place.Write("data.csv", "p1,p2,p3,label\n0,9,4.5,1\n16,7,8,0\n8,0,3,1\n1,12,15,0\n");
        place.Write("m.prob", """
            module M
            model m [n] = prob {
                let! image = bernoulli (param "l" [3] zeros) |> iid [n]
                return image
            }
            data d = csv "data.csv" { image = columns ["p1" .. "p3"] |> atLeast 8 }
            infer fit = map { epochs = 400; optimizer = adam 0.1 }
            """);
        // Frequencies 2/4, 2/4, 2/4: the likelihood's maximum is 12 log(1/2), a quarter of it a row.
        var json = Workplace.Run("fit", place.At("m.prob"), "--out", place.At("run"), "--json").Ended(ExitCode.Ok).Json;
        Assert.Equal(3 * Math.Log(2), (double)json["metrics"]!["train"]!["nll"]!, 1e-4);
        place.Edit("m.prob", "atLeast 8", "atLeast 5");
        // Now 2/4, 3/4, 2/4.
        json = Workplace.Run("fit", place.At("m.prob"), "--out", place.At("run"), "--json").Ended(ExitCode.Ok).Json;
        Assert.Equal(2 * Math.Log(2) - 0.75 * Math.Log(0.75) - 0.25 * Math.Log(0.25), (double)json["metrics"]!["train"]!["nll"]!, 1e-4);
        place.Edit("m.prob", "atLeast 5", "atLeast");
        Workplace.Run("check", place.At("m.prob")).Says("atLeast needs a number");
    }
}
